// Which tokens count, and what a route may demand of the device.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createGuard } from '@symbolon/node';
import { ask, frameworks, userOf } from './harness/api.mjs';
import { by, compact, newKey, startIssuer } from './harness/issuer.mjs';

const minute = 60_000;
const start = Date.parse('2026-03-01T12:00:00Z');
let issuer;
let api;

before(async () => {
  issuer = await startIssuer();
  issuer.keys.push(newKey('second', 'ES256'));
  const publicUrl = 'https://api.example.com';
  const guard = createGuard({ issuer: issuer.url, app: 'bank', user: userOf, publicUrl, clock: () => start });
  api = await frameworks.node(guard, {
    '/known': {},
    '/trusted': { trusted: true },
    '/calm': { maxRisk: 20 },
    '/recent': { maxAge: 60 },
    '/all': { trusted: true, maxRisk: 20, maxAge: 60 },
    '/proven': { proof: true },
  });
});
after(() => Promise.all([api?.close(), issuer?.close()]));

const issued = (claims, key) => issuer.token({ now: start, ...claims }, key);
const bring = (path, token, more = {}) => ask(api.url + path, { 'Symbolon-Device-Token': token, ...more });

test('a good token tells of the device', async () => {
  const { status, body } = await bring('/known', issued());
  assert.equal(status, 200);
  assert.deepEqual(body, {
    ...{ userId: 'anna', deviceId: 'dev_1', trusted: true, risk: 5, recommendation: 'TRUST', methods: ['pop', 'swk'] },
    ...{ thumbprint: 'the-key', decidedAt: '2026-03-01T12:00:00.000Z', expiresAt: '2026-03-01T12:05:00.000Z' },
    ...{ isProven: false, isLive: false },
  });
});

const header = { alg: 'EdDSA', typ: 'device+jwt', kid: 'first' };
const signed = (h, claims = {}) => compact({ ...header, ...h }, issuer.claims({ now: start, ...claims }), by(issuer.keys[0].privateKey));
const shared = (key) => (bytes) => createHmac('sha256', key).update(bytes).digest();
const flipped = (token) => token.replace(/\.([^.])/, (_, first) => `.${first === 'a' ? 'b' : 'a'}`);
const publicBytes = () => Buffer.from(issuer.keys[0].jwk.x, 'base64url');

for (const { what, token, status = 401, says } of [
  { what: 'signed with ES256', token: () => issued({}, issuer.keys[1]), status: 200 },
  { what: 'about to end', token: () => issued({ now: start - 5 * minute + 1000 }), status: 200 },
  { what: 'half a minute ahead', token: () => issued({ now: start + 0.4 * minute }), status: 200 },
  { what: 'nothing at all', token: () => 'nonsense', says: 'no JWT' },
  { what: 'that has ended', token: () => issued({ now: start - 5 * minute }), says: 'expired' },
  { what: 'of the future', token: () => issued({ now: start + minute }), says: 'future' },
  { what: 'of another app', token: () => issued({ aud: 'shop' }), says: 'another app' },
  { what: 'of another issuer', token: () => issued({ iss: 'https://other.example' }), says: 'another issuer' },
  { what: "another user's", token: () => issued({ user: 'bela' }), says: 'not of the user who is signed in' },
  { what: 'no device token, but a ticket', token: () => signed({ typ: 'symbolon-ticket+jwt' }), says: 'device+jwt' },
  { what: 'without a typ', token: () => signed({ typ: undefined }), says: 'device+jwt' },
  { what: 'with an extension that counts', token: () => signed({ crit: ['x'], x: 1 }), says: 'no JWT' },
  { what: 'unsigned', token: () => compact({ ...header, alg: 'none' }, issuer.claims({ now: start }), () => ''), says: 'EdDSA or ES256' },
  {
    what: 'signed with the public key as a shared secret',
    token: () => compact({ ...header, alg: 'HS256' }, issuer.claims({ now: start }), shared(publicBytes())),
    says: 'EdDSA or ES256',
  },
  { what: "signed by a stranger's key of the same name", token: () => issued({}, newKey('first')), says: 'signature' },
  { what: 'signed by a key that is not published', token: () => issued({}, newKey('mine')), says: 'no key of the issuer' },
  { what: 'signed by a key without a name', token: () => issued({}, newKey()), says: 'signature' },
  { what: 'changed after it was signed', token: () => flipped(issued()), says: 'signature' },
  { what: 'without an end', token: () => issued({ exp: undefined }), says: 'exp' },
  { what: 'without a time', token: () => issued({ iat: undefined }), says: 'iat' },
  { what: 'without a device', token: () => issued({ device_id: undefined }), says: 'no device' },
  { what: 'without a key', token: () => issued({ cnf: {} }), says: 'no key' },
  { what: 'with trust in words', token: () => issued({ trusted: 'true' }), says: 'how the device stands' },
  { what: 'of a refused device', token: () => issued({ recommendation: 'DENY' }), says: 'recommends DENY' },
]) {
  test(`a token ${what} is ${status === 200 ? 'accepted' : 'refused'}`, async () => {
    const answer = await bring('/known', token());
    assert.equal(answer.status, status);
    if (status === 401) {
      assert.equal(answer.error, 'invalid_token');
      assert.match(answer.challenge, /^Bearer /);
      assert.equal(answer.type, 'application/problem+json');
      assert.equal(answer.body.code, 'unauthenticated');
      assert.ok(answer.body.detail.includes(says), answer.body.detail);
    }
  });
}

const known = 'acr_values="urn:symbolon:known"';
const trusted = 'acr_values="urn:symbolon:trusted"';

for (const { what, path, claims, wants } of [
  { what: 'a known device reads', path: '/known', claims: { trusted: false, recommendation: 'ALLOW' } },
  { what: 'an odd one does not', path: '/known', claims: { recommendation: 'CHALLENGE' }, wants: [known] },
  { what: 'a trusted device pays', path: '/trusted', claims: {} },
  { what: 'a known one does not', path: '/trusted', claims: { trusted: false }, wants: [trusted] },
  { what: 'a risk at the mark passes', path: '/calm', claims: { risk: 20 } },
  { what: 'one above does not', path: '/calm', claims: { risk: 21 }, wants: [known] },
  { what: 'a minute is recent', path: '/recent', claims: { now: start - minute } },
  { what: 'more is not', path: '/recent', claims: { now: start - minute - 1000 }, wants: [known, 'max_age="60"'] },
  { what: 'all at once', path: '/all', claims: {} },
  { what: 'all but one', path: '/all', claims: { trusted: false }, wants: [trusted, 'max_age="60"'] },
]) {
  test(`${what} at ${path}`, async () => {
    const { status, error, challenge, body } = await bring(path, issued(claims));
    assert.equal(status, wants ? 401 : 200);
    if (wants) {
      assert.equal(error, 'insufficient_user_authentication');
      assert.equal(body.code, 'unauthenticated');
      assert.ok(wants.every((part) => challenge.includes(part)), challenge);
    }
  });
}

test('who brings no token is told what would do', async () => {
  for (const token of [undefined, '']) {
    const { status, challenge, error } = await bring('/trusted', token);
    assert.deepEqual([status, error], [401, 'insufficient_user_authentication']);
    assert.ok(challenge.startsWith('Bearer ') && challenge.includes(trusted), challenge);
  }
  const { challenge } = await bring('/proven', undefined);
  assert.match(challenge, /^DPoP .*algs="ES256 EdDSA PS256 RS256"/);
});

test('who is not signed in has no device, whatever they bring', async () => {
  const { status, body, error } = await bring('/known', issued(), { user: '' });
  assert.deepEqual([status, body.code, error], [401, 'unauthenticated', undefined]);
});

test('a problem is told as the service tells its own', async () => {
  const { type, body } = await bring('/calm', issued({ risk: 30 }));
  assert.equal(type, 'application/problem+json');
  assert.deepEqual(body, {
    ...{ type: `${issuer.url}/problems/unauthenticated`, title: 'Unauthorized', status: 401, code: 'unauthenticated' },
    detail: "the device's risk must be at most 20; it is 30",
  });
});

test("the app's own bearer is none of the guard's business", async () => {
  const session = { Authorization: 'Bearer a-session-of-the-app' };
  assert.equal((await bring('/known', issued(), session)).status, 200);
  assert.equal((await bring('/known', undefined, session)).error, 'insufficient_user_authentication');
});

test('where no proofs are taken, Authorization: DPoP is not ours either', async () => {
  const { error } = await bring('/known', undefined, { Authorization: `DPoP ${issued()}` });
  assert.equal(error, 'insufficient_user_authentication');
});
