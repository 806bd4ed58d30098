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

/** Lets the browser take its time over what the SDK waits for only briefly: a busy machine decides no test. */
function takeTime() {
  const { setTimeout } = window;
  window.setTimeout = (task, delay, ...rest) => setTimeout(task, delay <= 25 ? 10_000 : delay, ...rest);
}

async function newPage(t, { script, userAgent, hasty = false, ...options } = {}) {
  const context = await browser.newContext({
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
    screen: { width: 1440, height: 900 },
    viewport: { width: 1200, height: 700 },
    deviceScaleFactor: 1.5,
    userAgent,
  });
  t.after(() => context.close());
  if (!hasty) {
    await context.addInitScript(takeTime);
  }
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
  const { clientHints, cores, colorDepth, deviceMemory, maxTouchPoints, plugins, webgl, ...known } = signals;
  assert.deepEqual(known, {
    screen: { width: 1440, height: 900 },
    pixelRatio: 1.5,
    timeZone: 'Europe/Berlin',
    languages: ['de-DE'],
    automation: { webdriver: true, headless: true, marks: [] },
    storagePersisted: false,
  });
  assert.ok([cores, colorDepth, maxTouchPoints].every(isWhole));
  assert.ok(deviceMemory > 0);
  assert.ok(plugins.every(isText));
  assert.deepEqual(Object.keys(webgl), ['vendor', 'renderer']);
  assert.ok(Object.values(webgl).every((value) => isText(value) && value !== ''));

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
  WebGLRenderingContext.prototype.getParameter = () => long;
}

test('a browser that says too much is cut short', async (t) => {
  const page = await newPage(t, { script: boast });
  const { signals } = await call(page, 'prove');
  assert.ok(Buffer.byteLength(JSON.stringify(signals)) < 8192, 'what the service accepts in all');
  const { webgl, clientHints } = signals;
  const { model, brands } = clientHints;
  assert.deepEqual(webgl, { vendor: '語'.repeat(42), renderer: '語'.repeat(42) });
  assert.equal(model, '語'.repeat(21), 'whole characters of at most 64 bytes, without control characters');
  assert.equal(brands.length, 8);
});

/** What a browser answers in its own time is asked for in vain. */
function hang() {
  const never = () => new Promise(() => undefined);
  NavigatorUAData.prototype.getHighEntropyValues = never;
  Object.assign(StorageManager.prototype, { persisted: never, getDirectory: never });
}
const refuse = () => (NavigatorUAData.prototype.getHighEntropyValues = () => Promise.reject(new Error('no')));

const reticent = [
  { what: 'has no client hints', script: () => delete Navigator.prototype.userAgentData, left: undefined },
  { what: 'refuses the detailed hints', script: refuse, left: ['brands', 'platform', 'mobile'] },
  { what: 'never answers', script: hang, hasty: true, left: ['brands', 'platform', 'mobile'] },
];

for (const { what, script, hasty, left } of reticent) {
  test(`a browser that ${what} is asked for the rest`, async (t) => {
    const page = await newPage(t, { script, hasty });
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

const without = (object, name) => `delete ${object}.prototype.${name}`;
const contextIs = (gl) => `HTMLCanvasElement.prototype.getContext = () => ${gl}`;

const shut = [
  { what: 'has no WebGL', script: contextIs('null'), missing: 'webgl' },
  { what: 'names no graphics hardware', script: contextIs('({ getExtension: () => null })'), missing: 'webgl' },
  { what: 'loses its WebGL context', script: 'WebGLRenderingContext.prototype.getParameter = () => null', missing: 'webgl' },
  { what: 'forbids canvases', script: "HTMLCanvasElement.prototype.getContext = () => { throw Error('no') }", missing: 'webgl' },
  { what: 'tells no memory', script: without('Navigator', 'deviceMemory'), missing: 'deviceMemory' },
  { what: 'has no say on storage', script: without('Navigator', 'storage'), missing: 'storagePersisted' },
];

for (const { what, script, missing } of shut) {
  test(`a browser that ${what} is asked for the rest, too`, async (t) => {
    const page = await newPage(t, { script });
    const { proof, signals } = await call(page, 'prove');
    assert.equal(proof, null);
    assert.ok(!(missing in signals), `there is no ${missing}`);
    assert.equal(signals.timeZone, 'Europe/Berlin');
    assert.equal(signals.automation.webdriver, true);
  });
}

test('the graphics are looked at once for each page', async (t) => {
  const count = () => {
    const { getContext } = HTMLCanvasElement.prototype;
    window.looks = 0;
    HTMLCanvasElement.prototype.getContext = function (...args) {
      window.looks += 1;
      return getContext.apply(this, args);
    };
  };
  const page = await newPage(t, { script: count });
  const [first, second] = [await call(page, 'prove'), await call(page, 'prove')];
  assert.deepEqual(second.signals.webgl, first.signals.webgl);
  assert.equal(await page.evaluate(() => window.looks), 1);
});

const drivers = [
  { what: 'Selenium', script: 'document.__selenium_unwrapped = true', mark: 'selenium' },
  { what: 'ChromeDriver', script: 'window.cdc_adoQpoasnfa76pfcZLmcfl_Array = Array', mark: 'chromedriver' },
  { what: 'an older ChromeDriver', script: 'document.$cdc_asdjflasutopfhvcZLmcfl_ = {}', mark: 'chromedriver' },
  { what: 'Playwright', script: 'window.__pwInitScripts = {}', mark: 'playwright' },
  { what: 'Puppeteer', script: 'window.__puppeteer_evaluation_script__ = 1', mark: 'puppeteer' },
  { what: 'PhantomJS', script: 'window.callPhantom = () => 0', mark: 'phantomjs' },
  { what: 'Nightmare', script: 'window.__nightmare = {}', mark: 'nightmare' },
  {
    what: 'a driver that hides itself on the prototype',
    script: "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false })",
    mark: 'webdriver_disguised',
  },
  {
    what: 'a driver that hides itself on the navigator',
    script: "Object.defineProperty(navigator, 'webdriver', { value: undefined })",
    mark: 'webdriver_disguised',
  },
  { what: 'nothing but a page with names of its own', script: 'window.cdc_address = window.phantom = 1', mark: undefined },
];

for (const { what, script, mark } of drivers) {
  test(`${what} leaves ${mark ?? 'no mark'}`, async (t) => {
    const page = await newPage(t, { script });
    const { signals } = await call(page, 'prove');
    assert.deepEqual(signals.automation.marks, mark ? [mark] : []);
  });
}

test('a browser in which a person sits shows no automation', async (t) => {
  const page = await newPage(t, { script: () => delete Navigator.prototype.webdriver });
  const userAgent = (await page.evaluate(() => navigator.userAgent)).replace('Headless', '');
  const person = await newPage(t, { script: () => delete Navigator.prototype.webdriver, userAgent });
  assert.deepEqual((await call(person, 'prove')).signals.automation, { webdriver: false, headless: false, marks: [] });
});

/** Firefox and Safari have no client hints; in a private window they give no file system. */
const withoutHints = without('Navigator', 'userAgentData');
const noFiles = "StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('no', 'SecurityError'))";

const windows = [
  { what: 'a private window of another engine', script: `${withoutHints}; ${noFiles}`, isPrivate: true },
  { what: 'a usual window of another engine', script: withoutHints, isPrivate: false },
  { what: 'an old browser of another engine', script: `${withoutHints}; ${without('StorageManager', 'getDirectory')}`, isPrivate: undefined },
  { what: 'a window of Chromium, whose windows are alike,', script: noFiles, isPrivate: undefined },
];

for (const { what, script, isPrivate } of windows) {
  test(`${what} is ${isPrivate === undefined ? 'not judged' : isPrivate ? 'private' : 'not private'}`, async (t) => {
    const page = await newPage(t, { script });
    assert.equal((await call(page, 'prove')).signals.privateMode, isPrivate);
  });
}

for (const hung of [false, true]) {
  test(`the first look takes under 50 ms${hung ? ' though the browser never answers' : ''}`, async (t) => {
    const times = [];
    for (let round = 0; round < 9; round++) {
      const page = await newPage(t, { script: hung ? hang : undefined, hasty: true });
      times.push(
        await page.evaluate(async () => {
          const { collectSignals } = await import('/signals.js');
          const start = performance.now();
          await collectSignals();
          return performance.now() - start;
        }),
      );
      await page.close();
    }
    // The quickest tells what the SDK takes: a busy machine can only add to it.
    assert.ok(Math.min(...times) < 50, `${times.map(Math.round)} ms`);
  });
}
