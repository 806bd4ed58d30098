// Requests that Node's parser did not make: hosts of functions, and tests, often give no rawHeaders.
import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { createGuard } from '@symbolon/node';
import Fastify from 'fastify';
import { Device } from './harness/device.mjs';
import { startIssuer } from './harness/issuer.mjs';

const publicUrl = 'https://api.example.com';
let issuer;
let guard;
let heard;
let device;
let token;

before(async () => {
  issuer = await startIssuer();
  const onFault = (fault) => heard.push(fault.message);
  guard = createGuard({ issuer: issuer.url, app: 'bank', user: () => 'anna', dpop: 'optional', publicUrl, onFault });
  device = new Device();
  token = issuer.token({ thumbprint: device.thumbprint });
});
after(() => issuer?.close());

/** Requests as hosts of functions make them: of Node's class, or of none. */
const makers = [
  (headers) => Object.assign(new IncomingMessage(null), { method: 'POST', url: '/pay', headers }),
  (headers) => ({ method: 'POST', url: '/pay', headers }),
];

async function show(request) {
  heard = [];
  const { ok, device: seen, status, headers } = await guard.check(request);
  const [, error] = /error="(\w+)"/.exec(headers['WWW-Authenticate'] ?? '') ?? [];
  return ok ? [200, seen.isProven] : error ? [status, error] : [status];
}

async function proven() {
  const proof = (nonce) => device.dpop({ method: 'POST', url: `${publicUrl}/pay`, token, nonce });
  const asked = await guard.check(makers[0]({ authorization: `DPoP ${token}`, dpop: proof() }));
  return proof(asked.headers['DPoP-Nonce']);
}

for (const { what, headers, answer } of [
  { what: 'a token', headers: () => ({ 'symbolon-device-token': token }), answer: [200, false] },
  { what: 'a token in the case it was sent in', headers: () => ({ 'Symbolon-Device-Token': token }), answer: [200, false] },
  { what: 'a token in a list of one', headers: () => ({ 'symbolon-device-token': [token] }), answer: [200, false] },
  { what: 'no token', headers: () => ({ dpop: undefined }), answer: [401, 'insufficient_user_authentication'] },
  { what: 'two tokens', headers: () => ({ 'symbolon-device-token': [token, token] }), answer: [400] },
  {
    what: 'two tokens in two spellings',
    headers: () => ({ 'symbolon-device-token': token, 'Symbolon-Device-Token': token }),
    answer: [400],
  },
  {
    what: 'two tokens that were joined',
    headers: () => ({ 'symbolon-device-token': `${token}, ${token}` }),
    answer: [401, 'invalid_token'],
  },
  { what: 'a proof', headers: async () => ({ authorization: `DPoP ${token}`, dpop: await proven() }), answer: [200, true] },
  {
    what: 'two proofs',
    headers: async () => ({ authorization: `DPoP ${token}`, dpop: [await proven(), await proven()] }),
    answer: [401, 'invalid_dpop_proof'],
  },
  {
    what: 'two proofs that were joined',
    headers: async () => ({ authorization: `DPoP ${token}`, dpop: `${await proven()}, ${await proven()}` }),
    answer: [401, 'invalid_dpop_proof'],
  },
]) {
  test(`without header lines, ${what} is answered ${answer.join(' ')}`, async () => {
    for (const make of makers) {
      assert.deepEqual(await show(make(await headers())), answer);
    }
  });
}

for (const [what, headers] of Object.entries({ none: undefined, "those of the web's Request": new Headers({ a: 'b' }) })) {
  test(`headers that can't be read (${what}) are a fault that is heard, and no refusal`, async () => {
    assert.deepEqual(await show({ method: 'GET', url: '/', headers }), [503]);
    assert.match(heard[0], /headers must be an object of names and values/);
  });
}

test("Fastify's inject is served", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.get('/balance', { preHandler: guard.fastify() }, async ({ symbolon }) => symbolon.deviceId);
  const { statusCode, body } = await app.inject({ url: '/balance', headers: { 'Symbolon-Device-Token': token } });
  assert.deepEqual([statusCode, body], [200, 'dev_1']);
});
