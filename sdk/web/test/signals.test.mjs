// What the browser says of itself: its shape, its bounds, and how to leave it out.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch } from './harness/chromium.mjs';
import { ticketFor } from './harness/proofs.mjs';
import { startService } from './harness/service.mjs';
import { call, open, startSite } from './harness/site.mjs';

let browser;
let site;
let service;
const assertion = ticketFor('anna');

before(async () => {
  [browser, site, service] = await Promise.all([launch(), startSite(), startService()]);
});
after(() => Promise.all([browser?.close(), site?.close(), service?.close()]));
beforeEach(() => service.reset());

async function newPage(t, { script, ...options } = {}) {
  const context = await browser.newContext({
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
    screen: { width: 1440, height: 900 },
    viewport: { width: 1200, height: 700 },
  });
  t.after(() => context.close());
  if (script) {
    await context.addInitScript(script);
  }
  return open(context, site.url, { baseUrl: service.url, app: 'bank', ...options });
}

const isText = (value) => typeof value === 'string';
const isWhole = (value) => Number.isInteger(value) && value >= 0;

test('the signals have the members that the service reads', async (t) => {
  const page = await newPage(t);
  const { signals } = await call(page, 'prove');
  const { clientHints, cores, colorDepth, maxTouchPoints, plugins, ...known } = signals;
  assert.deepEqual(known, {
    screen: { width: 1440, height: 900 },
    timeZone: 'Europe/Berlin',
    languages: ['de-DE'],
    automation: { webdriver: true },
  });
  assert.ok([cores, colorDepth, maxTouchPoints].every(isWhole));
  assert.ok(plugins.every(isText));

  const { brands, fullVersionList, mobile, wow64, ...texts } = clientHints;
  assert.ok(Object.values(texts).every(isText));
  assert.ok(isText(texts.platform) && isText(texts.architecture));
  assert.deepEqual([mobile, wow64], [false, false]);
  for (const { brand, version, ...rest } of [...brands, ...fullVersionList]) {
    assert.ok(isText(brand) && isText(version));
    assert.deepEqual(rest, {});
  }
  assert.ok(fullVersionList.some(({ version }) => /^\d+\.\d+\.\d+/.test(version)), 'the full version is among them');
});

test('registration and decision carry the signals', async (t) => {
  const page = await newPage(t);
  await call(page, 'register', { assertion });
  await call(page, 'currentDevice');
  const { signals } = await call(page, 'prove');
  assert.deepEqual(service.sent('devices')[0].body.signals, signals);
  assert.deepEqual(service.sent('decisions')[0].body.signals, signals);
});

test('a setting turns them off', async (t) => {
  const page = await newPage(t, { signals: false });
  await call(page, 'register', { assertion });
  await call(page, 'currentDevice');
  assert.equal((await call(page, 'prove')).signals, undefined);
  assert.ok(service.requests.every(({ body }) => !('signals' in body)));
});

/** A browser that answers with far too much, in characters that take three bytes each. */
function boast() {
  const long = '\u0007' + '語'.repeat(500);
  const many = (value) => Array(200).fill(value);
  const answer = (object, name, value) => Object.defineProperty(object, name, { get: () => value });
  answer(Navigator.prototype, 'languages', many(long));
  answer(Navigator.prototype, 'plugins', many({ name: long }));
  const brands = many({ brand: long, version: long, extra: long });
  const texts = { model: long, platformVersion: long, architecture: long, bitness: long };
  const getHighEntropyValues = async () => ({ ...texts, fullVersionList: brands, wow64: false });
  const data = { brands, mobile: false, platform: long, getHighEntropyValues };
  answer(Navigator.prototype, 'userAgentData', data);
}

test('a browser that says too much is cut short', async (t) => {
  const page = await newPage(t, { script: boast });
  const { signals } = await call(page, 'prove');
  assert.ok(Buffer.byteLength(JSON.stringify(signals)) < 8192, 'what the service accepts in all');
  const { model, brands } = signals.clientHints;
  assert.equal(model, '語'.repeat(21), 'whole characters of at most 64 bytes, without control characters');
  assert.equal(brands.length, 8);
});

/** The detailed hints are asked for in vain. */
const hang = () => (NavigatorUAData.prototype.getHighEntropyValues = () => new Promise(() => undefined));
const refuse = () => (NavigatorUAData.prototype.getHighEntropyValues = () => Promise.reject(new Error('no')));

const reticent = [
  { what: 'has no client hints', script: () => delete Navigator.prototype.userAgentData, left: undefined },
  { what: 'refuses the detailed hints', script: refuse, left: ['brands', 'platform', 'mobile'] },
  { what: 'never answers for the detailed hints', script: hang, left: ['brands', 'platform', 'mobile'] },
];

for (const { what, script, left } of reticent) {
  test(`a browser that ${what} is asked for the rest`, async (t) => {
    const page = await newPage(t, { script });
    const { signals } = await call(page, 'prove');
    assert.deepEqual(signals.clientHints && Object.keys(signals.clientHints), left);
    assert.equal(signals.timeZone, 'Europe/Berlin');
  });
}

test('a browser that fails at it altogether still proves', async (t) => {
  const page = await newPage(t, { script: () => Object.defineProperty(window, 'screen', { get: () => null.width }) });
  await call(page, 'register', { assertion });
  const { proof, signals } = await call(page, 'prove');
  assert.equal(typeof proof, 'string');
  assert.equal(signals, undefined);
});

for (const hung of [false, true]) {
  test(`collecting takes under 50 ms${hung ? ' though the browser never answers for its hints' : ''}`, async (t) => {
    const page = await newPage(t, { script: hung ? hang : undefined });
    const times = await page.evaluate(async () => {
      const { collectSignals } = await import('/signals.js');
      const times = [];
      for (let round = 0; round < 9; round++) {
        const start = performance.now();
        await collectSignals();
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b);
    });
    assert.ok(times[4] < 50, `the median of ${times.map(Math.round)} ms`);
  });
}
