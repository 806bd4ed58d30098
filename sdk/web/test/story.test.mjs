// What an app's page does with the SDK, from the first sign-in to the last.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { launch, launchWithProfile } from './harness/chromium.mjs';
import { readProof, thumbprint, ticketFor } from './harness/proofs.mjs';
import { startService } from './harness/service.mjs';
import { call, open, startSite, visit } from './harness/site.mjs';

let browser;
let site;
let service;
let options;

before(async () => {
  [browser, site, service] = await Promise.all([launch(), startSite(), startService()]);
  options = { baseUrl: service.url, app: 'bank' };
});
after(() => Promise.all([browser?.close(), site?.close(), service?.close()]));
beforeEach(() => service.reset());

async function newBrowser(t, given = options) {
  const context = await browser.newContext();
  t.after(() => context.close());
  return open(context, site.url, given);
}

test('a browser is registered and known from then on', async (t) => {
  const page = await newBrowser(t);
  const device = await call(page, 'register', { assertion: ticketFor('anna'), deviceName: 'My laptop' });
  assert.equal(device.userId, 'anna');
  assert.equal(device.deviceName, 'My laptop');

  const [{ body, bearer }] = service.sent('devices');
  assert.equal(bearer, ticketFor('anna'));
  assert.equal(body.platform, 'web');
  const { header } = readProof(body.proof);
  assert.deepEqual(Object.keys(header.jwk), ['crv', 'kty', 'x', 'y'], 'only the public members');
  assert.equal(device.keyId, thumbprint(header.jwk));

  assert.deepEqual(await call(page, 'currentDevice'), { recommendation: 'ALLOW', known: true });
});

test('registering again gives the same device', async (t) => {
  const page = await newBrowser(t);
  const first = await call(page, 'register', { assertion: ticketFor('anna') });
  assert.deepEqual(await call(page, 'register', { assertion: ticketFor('anna') }), first);
});

test('a proof carries what was asked of it and nothing else', async (t) => {
  const page = await newBrowser(t);
  const { keyId } = await call(page, 'register', { assertion: ticketFor('bela') });
  const payload = 'Pay 1,200 € to Ünal';
  const { proof } = await call(page, 'prove', { user: 'bela', action: 'transfer', payload });

  const { header, claims } = readProof(proof);
  assert.equal(header.kid, keyId);
  const { challenge, ...rest } = claims;
  assert.equal(typeof challenge, 'string');
  const payloadHash = createHash('sha256').update(payload).digest('base64url');
  assert.deepEqual(rest, { aud: 'bank', purpose: 'prove', sub: 'bela', action: 'transfer', payloadHash });
  assert.equal(service.verify(proof, 'bank', 'bela').keyId, keyId);
});

test('a payload of bytes is signed as these bytes', async (t) => {
  const page = await newBrowser(t);
  await call(page, 'register', { assertion: ticketFor('bela') });
  const proof = await page.evaluate(async () => {
    const bytes = new Uint8Array([9, 0, 255, 9]).subarray(1, 3);
    return (await symbolon.prove({ payload: bytes })).proof;
  });
  const expected = createHash('sha256').update(Buffer.from([0, 255])).digest('base64url');
  assert.equal(readProof(proof).claims.payloadHash, expected);
  const { error } = await call(page, 'prove', { payload: 12 });
  assert.equal(error.code, 'invalid_request');
});

test('a proof names no user of its own accord: two people share this browser', async (t) => {
  const page = await newBrowser(t);
  await call(page, 'register', { assertion: ticketFor('carl') });
  await call(page, 'register', { assertion: ticketFor('dora') });
  for (const user of ['carl', 'dora']) {
    const { proof } = await call(page, 'prove', { action: 'login' });
    assert.equal(readProof(proof).claims.sub, undefined);
    assert.equal(service.verify(proof, 'bank', user).userId, user);
  }
});

test('signed out, the last user is asked for unless another is named', async (t) => {
  const page = await newBrowser(t);
  await call(page, 'register', { assertion: ticketFor('carl') });
  await call(page, 'register', { assertion: ticketFor('dora') });
  await call(page, 'currentDevice');
  await call(page, 'currentDevice', { user: 'carl' });
  const users = service.sent('decisions').map(({ body }) => readProof(body.proof).claims.sub);
  assert.deepEqual(users, ['dora', 'carl']);
});

test('a browser without a key asks nothing of the service', async (t) => {
  const page = await newBrowser(t);
  assert.deepEqual(await call(page, 'currentDevice'), { recommendation: 'CHALLENGE', known: false, reason: 'no_key' });
  const { proof, reason } = await call(page, 'prove');
  assert.equal(proof, null);
  assert.equal(reason, 'no_key');
  assert.equal(service.requests.length, 0);
});

test('a user whose id is not in the assertion has to be named', async (t) => {
  const page = await newBrowser(t);
  const { error } = await call(page, 'register', { assertion: 'opaque' });
  assert.equal(error.code, 'user_needed');
  assert.equal(error.typed, true);

  await call(page, 'register', { assertion: ticketFor('ünal|ß…'), user: 'ünal|ß…' });
  const device = await call(page, 'register', { assertion: ticketFor('ünal|ß…') });
  assert.equal(device.userId, 'ünal|ß…');
});

test('an assertion that can be no header is refused before anything is sent', async (t) => {
  const page = await newBrowser(t);
  for (const assertion of [undefined, '', 'two words', 'line\nbreak', 'ü']) {
    const { error } = await call(page, 'register', { assertion, user: 'anna' });
    assert.equal(error.code, 'invalid_request', `${assertion}`);
  }
  assert.equal(service.requests.length, 0);
});

test('after forget a registration makes a new device', async (t) => {
  const page = await newBrowser(t);
  const first = await call(page, 'register', { assertion: ticketFor('eva') });
  assert.equal(await call(page, 'forget'), null);
  assert.equal((await call(page, 'prove')).reason, 'no_key');
  assert.equal((await call(page, 'currentDevice', { user: 'eva' })).reason, 'no_key');
  const second = await call(page, 'register', { assertion: ticketFor('eva') });
  assert.notEqual(second.keyId, first.keyId);
});

test('the key survives a reload and a restart of the browser', async (t) => {
  const profile = await mkdtemp(join(tmpdir(), 'symbolon-profile-'));
  t.after(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  let context = await launchWithProfile(profile);
  t.after(() => context.close());
  const page = await open(context, site.url, options);
  const { keyId } = await call(page, 'register', { assertion: ticketFor('finn') });

  await visit(page, site.url, options);
  assert.equal(readProof((await call(page, 'prove')).proof).header.kid, keyId);

  await context.close();
  context = await launchWithProfile(profile);
  const later = await open(context, site.url, options);
  assert.equal(readProof((await call(later, 'prove')).proof).header.kid, keyId);
  assert.equal((await call(later, 'currentDevice')).known, true);
});

test('the script-tag build does the same', async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await open(context, `${site.url}script-tag`, options);
  await call(page, 'register', { assertion: ticketFor('gerd') });
  assert.equal((await call(page, 'currentDevice')).known, true);
});

test('wrong options are said at once', async (t) => {
  const page = await newBrowser(t);
  for (const [baseUrl, app] of [['/'], ['/', ''], ['ftp://x', 'bank'], ['http://', 'bank']]) {
    const attempt = page.evaluate((given) => void createSymbolon(given), { baseUrl, app });
    await assert.rejects(attempt, /SymbolonError: (app|baseUrl) must be/);
  }
});

test('requests go through the fetch that was given, to an address that is written in its own way', async (t) => {
  const page = await newBrowser(t);
  const sent = await page.evaluate(async (base) => {
    const urls = [];
    const send = (url, init) => {
      urls.push(`${init.method} ${url}`);
      return fetch(url, init);
    };
    window.symbolon = createSymbolon({ baseUrl: `${base}/`, app: 'a/b', fetch: send });
    await symbolon.register({ assertion: 'opaque', user: 'anna' }).catch(() => undefined);
    return urls;
  }, service.url);
  assert.deepEqual(sent, [`POST ${service.url}/v1/apps/a%2Fb/challenges`, `POST ${service.url}/v1/apps/a%2Fb/devices`]);
});
