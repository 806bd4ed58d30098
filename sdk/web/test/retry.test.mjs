// The network: what passes is tried again with a fresh challenge, what is refused is not.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch } from './harness/chromium.mjs';
import { readProof, ticketFor } from './harness/proofs.mjs';
import { answers, drops, isBusy, losesTheAnswer, refuses, startService } from './harness/service.mjs';
import { call, open, startSite } from './harness/site.mjs';

let browser;
let site;
let service;
let page;
const assertion = ticketFor('anna');

before(async () => {
  [browser, site, service] = await Promise.all([launch(), startSite(), startService()]);
  page = await open(await browser.newContext(), site.url, { baseUrl: service.url, app: 'bank' });
  await call(page, 'register', { assertion });
});
after(() => Promise.all([browser?.close(), site?.close(), service?.close()]));
beforeEach(() => service.reset());

const html = (status) => answers({ status, headers: { 'Content-Type': 'text/html' }, body: '<h1>Gateway</h1>' });

/** Each call of the SDK that spends a challenge, and where it is spent. */
const calls = [
  { name: 'register', operation: 'devices', options: { assertion }, succeeded: ({ userId }) => userId === 'anna' },
  { name: 'currentDevice', operation: 'decisions', options: {}, succeeded: ({ known }) => known },
];

const passing = [
  { what: 'a dropped connection', fault: drops },
  { what: 'an answer that was lost after the work was done', fault: losesTheAnswer },
  { what: '503', fault: isBusy(503) },
  { what: '503 with Retry-After', fault: isBusy(503, '1'), pause: 1000 },
  { what: '503 with a date in Retry-After that is over', fault: isBusy(503, 'Wed, 21 Oct 2015 07:28:00 GMT') },
  { what: '429 with Retry-After', fault: isBusy(429, '1'), pause: 1000 },
  { what: '409 with Retry-After', fault: refuses(409, 'conflict', { 'Retry-After': '1' }), pause: 1000 },
  { what: '502 of a proxy', fault: html(502) },
  { what: 'a challenge that expired on the way', fault: refuses(422, 'challenge_expired') },
];

for (const { name, operation, options, succeeded } of calls) {
  for (const { what, fault, pause = 0 } of passing) {
    test(`${name} after ${what} is tried again with a fresh challenge`, async () => {
      service.fail(operation, fault);
      assert.ok(succeeded(await call(page, name, options)));
      const [first, second, ...more] = service.sent(operation);
      assert.equal(more.length, 0, 'two attempts are enough');
      assert.notEqual(readProof(first.body.proof).claims.challenge, readProof(second.body.proof).claims.challenge);
      assert.ok(second.at - first.at >= pause, 'the wait that was asked for is kept');
    });
  }
}

for (const { name, options } of [...calls, { name: 'prove', options: {} }]) {
  test(`${name} outlives faults while the challenge is fetched`, async () => {
    service.fail('challenges', drops, isBusy(503), html(504));
    const { error } = await call(page, name, options);
    assert.equal(error, undefined);
    assert.equal(service.sent('challenges').length, 4);
  });
}

test('a request that the browser itself resends is told from a refusal', async () => {
  // On a connection that was used before, the browser sends a lost request again unasked: a replay without an attacker.
  service.keepAlive = true;
  service.fail('devices', losesTheAnswer);
  const { userId } = await call(page, 'register', { assertion });
  assert.equal(userId, 'anna');
  const proofs = service.sent('devices').map(({ body }) => body.proof);
  assert.ok(new Set(proofs).size > 1, 'the last attempt has a proof of its own');
});

const refusals = [
  { status: 400, code: 'invalid_request' },
  { status: 401, code: 'unauthenticated' },
  { status: 403, code: 'device_blocked' },
  { status: 404, code: 'not_found' },
  { status: 409, code: 'conflict' },
  { status: 409, code: 'device_limit_reached' },
  { status: 422, code: 'proof_invalid' },
  { status: 429, code: 'rate_limited' },
  { status: 500, code: 'internal' },
  { status: 418, code: 'a_code_of_a_newer_service' },
];

for (const { name, operation, options } of calls) {
  for (const { status, code } of refusals) {
    test(`${name} is refused once by ${status} ${code}`, async () => {
      service.fail(operation, refuses(status, code));
      const { error } = await call(page, name, options);
      assert.deepEqual(error, { code, status, retryAfter: undefined, message: `This is ${code}.`, typed: true });
      assert.equal(service.sent(operation).length, 1);
    });
  }
}

test('a service that stays away is given up with the status that it gave', async () => {
  service.fail('challenges', ...Array(9).fill(isBusy(503)));
  const { error } = await call(page, 'prove');
  assert.equal(error.code, 'unavailable');
  assert.equal(error.status, 503);
  assert.equal(service.sent('challenges').length, 4);
});

test('a long Retry-After is left to the app', async () => {
  service.fail('challenges', isBusy(429, '120'));
  const { error } = await call(page, 'prove');
  assert.equal(error.code, 'rate_limited');
  assert.equal(error.retryAfter, 120);
  assert.equal(service.sent('challenges').length, 1);
});

test('a service that is not there is an error of the network', async () => {
  service.fail('challenges', ...Array(9).fill(drops));
  const { error } = await call(page, 'prove');
  assert.equal(error.code, 'network');
  assert.equal(error.status, undefined);
  assert.equal(error.typed, true);
});

const strange = [
  { what: 'a page instead of JSON', fault: html(200), status: 200 },
  { what: 'JSON that is no object', fault: answers({ status: 200, body: '"yes"' }), status: 200 },
  { what: 'an object without a challenge', fault: answers({ status: 200, body: {} }), status: undefined },
  { what: 'a page that says 403', fault: html(403), status: 403 },
];

for (const { what, fault, status } of strange) {
  test(`${what} is an unexpected response`, async () => {
    service.fail('challenges', fault);
    const { error } = await call(page, 'prove');
    assert.equal(error.code, 'unexpected_response');
    assert.equal(error.status, status);
    assert.equal(service.sent('challenges').length, 1);
  });
}

test('a redirect is not followed: the proof stays with the service', async () => {
  const elsewhere = await startService();
  try {
    const away = answers({ status: 307, headers: { Location: `${elsewhere.url}/v1/apps/bank/devices` }, body: '' });
    service.fail('devices', ...Array(9).fill(away));
    const { error } = await call(page, 'register', { assertion });
    assert.equal(error.code, 'network');
    assert.equal(elsewhere.requests.length, 0);
  } finally {
    await elsewhere.close();
  }
});
