// The key: it can't leave the browser, there is one of it, and where it can't be kept the page is told so.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch } from './harness/chromium.mjs';
import { readProof, ticketFor } from './harness/proofs.mjs';
import { startService } from './harness/service.mjs';
import { call, open, startSite, visit } from './harness/site.mjs';
import { deletions, failOpening, replaceDatabase, withStored } from './harness/storage.mjs';

let browser;
let site;
let service;
let options;
const assertion = ticketFor('anna');

before(async () => {
  [browser, site, service] = await Promise.all([launch(), startSite(), startService()]);
  options = { baseUrl: service.url, app: 'bank' };
});
after(() => Promise.all([browser?.close(), site?.close(), service?.close()]));
beforeEach(() => service.reset());

async function newContext(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  return context;
}

const newPage = async (t) => open(await newContext(t), site.url, options);

test('the private key can be used and never be read', async (t) => {
  const page = await newPage(t);
  await call(page, 'register', { assertion });
  const seen = await withStored(page, async ({ key: { privateKey } }) => {
    const attempt = (format) => crypto.subtle.exportKey(format, privateKey).catch(({ name }) => name);
    return {
      extractable: privateKey.extractable,
      usages: privateKey.usages,
      exported: await Promise.all(['jwk', 'pkcs8', 'raw'].map(attempt)),
      copied: await crypto.subtle.wrapKey('jwk', privateKey, privateKey, 'AES-GCM').catch(({ name }) => name),
    };
  });
  assert.equal(seen.extractable, false);
  assert.deepEqual(seen.usages, ['sign']);
  assert.deepEqual(seen.exported, Array(3).fill('InvalidAccessError'));
  assert.equal(typeof seen.copied, 'string', 'wrapping fails as well');
});

test('two apps never share a key, nor do two services', async (t) => {
  const page = await newPage(t);
  const { keyId } = await call(page, 'register', { assertion });
  await visit(page, site.url, { ...options, app: 'shop' });
  assert.equal((await call(page, 'prove')).reason, 'no_key');
  assert.notEqual((await call(page, 'register', { assertion })).keyId, keyId);
  await visit(page, site.url, { ...options, baseUrl: `${service.url}/other` });
  assert.equal((await call(page, 'prove')).reason, 'no_key');
});

for (const locks of [true, false]) {
  test(`tabs that create at once end with one key ${locks ? 'with' : 'without'} Web Locks`, async (t) => {
    const context = await newContext(t);
    if (!locks) {
      await context.addInitScript(() => delete Navigator.prototype.locks);
    }
    const tabs = await Promise.all(Array.from({ length: 4 }, () => open(context, site.url, options)));
    for (let round = 0; round < 5; round++) {
      const devices = await Promise.all(tabs.map((tab) => call(tab, 'register', { assertion })));
      assert.equal(new Set(devices.map(({ keyId }) => keyId)).size, 1, 'one key');
      const { proof } = await call(tabs[0], 'prove');
      assert.equal(readProof(proof).header.kid, devices[0].keyId, 'and it is the one that is kept');
      await call(tabs[round % 4], 'forget');
    }
  });
}

test('a key that another tab forgot is not used any more', async (t) => {
  const context = await newContext(t);
  const [here, there] = [await open(context, site.url, options), await open(context, site.url, options)];
  await call(here, 'register', { assertion });
  await call(there, 'forget');
  assert.equal((await call(here, 'prove')).reason, 'no_key');
});

test('the browser is asked to keep the storage', async (t) => {
  const page = await newPage(t);
  await page.evaluate(() => {
    window.asked = 0;
    StorageManager.prototype.persist = async () => ++window.asked > 0;
  });
  await call(page, 'prove');
  assert.equal(await page.evaluate(() => asked), 0, 'not before there is something to keep');
  await call(page, 'register', { assertion });
  assert.equal(await page.evaluate(() => asked), 1);
});

for (const { what, table, value } of [
  { what: 'of another make', table: 'settings', value: 1 },
  { what: 'with nonsense in it', table: 'device', value: { keyId: 'k', publicKey: {}, privateKey: 'none' } },
  { what: 'with null in it', table: 'device', value: null },
]) {
  test(`a store ${what} holds no key and is rebuilt by the next registration`, async (t) => {
    const page = await newPage(t);
    const before = await call(page, 'register', { assertion });
    await replaceDatabase(page, table, value);
    assert.equal((await call(page, 'prove')).reason, 'no_key');
    const rebuilt = await call(page, 'register', { assertion });
    assert.notEqual(rebuilt.keyId, before.keyId);
    assert.equal((await call(page, 'currentDevice')).known, true);
  });
}

test('a store that stays unreadable is deleted and rebuilt', async (t) => {
  const page = await newPage(t);
  await failOpening(page, 'UnknownError', 2);
  await call(page, 'register', { assertion });
  assert.equal(await deletions(page), 1);
  assert.equal((await call(page, 'currentDevice')).known, true);
});

test('a passing fault of the store costs no key', async (t) => {
  const page = await newPage(t);
  const { keyId } = await call(page, 'register', { assertion });
  await failOpening(page, 'UnknownError', 1);
  assert.equal((await call(page, 'register', { assertion })).keyId, keyId);
  assert.equal(await deletions(page), 0);
});

test('a full disk is told and deletes nothing', async (t) => {
  const page = await newPage(t);
  await failOpening(page, 'QuotaExceededError', -1);
  const { error } = await call(page, 'register', { assertion });
  assert.equal(error.code, 'no_storage');
  assert.equal(await deletions(page), 0);
});

/** Where no key can be kept, a sign-in goes on without a proof, and only registering fails. */
async function assertNoKey(page, reason) {
  assert.deepEqual(await call(page, 'currentDevice'), { recommendation: 'CHALLENGE', known: false, reason });
  const proved = await call(page, 'prove', { action: 'login', payload: 'x' });
  assert.equal(proved.proof, null);
  assert.equal(proved.reason, reason);
  const { error } = await call(page, 'register', { assertion });
  assert.equal(error.code, reason);
  assert.equal(error.typed, true);
  assert.equal(service.requests.length, 0, 'nothing was asked of the service');
}

test('no secure context is a clear result', async (t) => {
  const page = await open(await newContext(t), site.insecureUrl, options);
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await assertNoKey(page, 'no_secure_context');
  assert.equal(await call(page, 'forget'), null, 'there is nothing to forget');
});

test('no IndexedDB is a clear result', async (t) => {
  const context = await newContext(t);
  await context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
  const page = await open(context, site.url, options);
  await assertNoKey(page, 'no_storage');
  assert.equal(await call(page, 'forget'), null, 'there is nothing to forget');
});

test('an IndexedDB that may not be touched is a clear result', async (t) => {
  const page = await newPage(t);
  await failOpening(page, 'SecurityError', -1);
  await assertNoKey(page, 'no_storage');
});

test('an IndexedDB that never answers is a clear result', async (t) => {
  const page = await newPage(t);
  await page.evaluate(() => {
    IDBFactory.prototype.open = () => ({});
  });
  const { proof, reason } = await call(page, 'prove');
  assert.equal(proof, null);
  assert.equal(reason, 'no_storage');
});

test('forgetting fails aloud where the key may still be there', async (t) => {
  const page = await newPage(t);
  await page.evaluate(() => {
    IDBFactory.prototype.deleteDatabase = () => {
      throw new DOMException('made to fail', 'SecurityError');
    };
  });
  const { error } = await call(page, 'forget');
  assert.equal(error.code, 'no_storage');
});

test('a key that was forgotten while it was being registered leaves no user behind', async (t) => {
  const page = await newPage(t);
  service.fail('devices', async (response, answer) => {
    await call(page, 'forget');
    const { status, body } = answer();
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  const { userId } = await call(page, 'register', { assertion });
  assert.equal(userId, 'anna');
  const left = await withStored(page, (stored) => Object.keys(stored));
  assert.deepEqual(left, []);
});
