// Proofs of possession (RFC 9449): what a client has to send with each request, and what it is told otherwise.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { LocalReplayMemory, createGuard } from '@symbolon/node';
import { ask, frameworks, userOf } from './harness/api.mjs';
import { Device } from './harness/device.mjs';
import { startIssuer } from './harness/issuer.mjs';

const minute = 60_000;
const publicUrl = 'https://api.example.com';
let issuer;
let now;
let device;
let api;

before(async () => {
  issuer = await startIssuer();
  device = new Device();
  api = await serve({ dpop: 'required' });
});
after(() => Promise.all([api?.close(), issuer?.close()]));
beforeEach(() => (now = Date.parse('2026-03-01T12:00:00Z')));

function serve(more, routes = { '/pay': {} }, framework = 'node') {
  const options = { issuer: issuer.url, app: 'bank', user: userOf, publicUrl, clock: () => now, ...more };
  return frameworks[framework](createGuard(options), routes);
}

async function serveFor(t, ...given) {
  const api = await serve(...given);
  t.after(() => api.close());
  return api;
}

/** The address that clients know, of one that this machine does. */
const shown = (url) => url.replace(/^http:\/\/[^/]+/, publicUrl);

const tokenOf = ({ thumbprint }) => issuer.token({ now, thumbprint });

/** Sends a proof for a request; `proof` changes it, `headers` the request. */
function pay({ url = `${api.url}/pay`, of = device, method = 'POST', nonce, proof = {}, headers = {} } = {}) {
  const token = tokenOf(of);
  const text = of.dpop({ url: shown(url), method, token, nonce, now, ...proof });
  return ask(url, { method, Authorization: `DPoP ${token}`, DPoP: text, ...headers });
}

const nonceNow = async (options) => (await pay(options)).nonce;

for (const alg of ['ES256', 'EdDSA', 'PS256', 'RS256']) {
  test(`a device with an ${alg} key is asked for a nonce, and let in with it`, async () => {
    const of = new Device(alg);
    const asked = await pay({ of });
    assert.deepEqual([asked.status, asked.error, asked.body.code], [401, 'use_dpop_nonce', 'unauthenticated']);
    assert.match(asked.challenge, /^DPoP .*algs="ES256 EdDSA PS256 RS256"/);
    const { status, body, nonce } = await pay({ of, nonce: asked.nonce });
    assert.deepEqual([status, body.isProven, body.thumbprint], [200, true, of.thumbprint]);
    assert.equal(nonce, undefined, 'the same nonce does for the next request');
  });
}

test('a nonce counts until its successor has a successor', async () => {
  const nonce = await nonceNow();
  now += 3 * minute;
  const later = await pay({ nonce });
  assert.equal(later.status, 200);
  assert.notEqual(later.nonce, nonce, 'with the answer comes the next one');
  now += 3 * minute;
  assert.equal((await pay({ nonce })).error, 'use_dpop_nonce');
  assert.equal((await pay({ nonce: later.nonce })).status, 200);
  for (const made of ['', 'x', nonce.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), nonce.slice(0, -1)]) {
    assert.notEqual((await pay({ nonce: made })).status, 200);
  }
});

test('processes that share a key take each other’s nonces, and others do not', async (t) => {
  const nonceKey = Buffer.alloc(32, 7);
  const [one, two] = await Promise.all([serveFor(t, { nonceKey, dpop: 'required' }), serveFor(t, { nonceKey, dpop: 'required' })]);
  const nonce = await nonceNow({ url: `${one.url}/pay` });
  assert.equal((await pay({ url: `${two.url}/pay`, nonce })).status, 200);
  assert.equal((await pay({ nonce })).error, 'use_dpop_nonce');
});

test('a proof is used once', async (t) => {
  const nonce = await nonceNow();
  const proof = { claims: { jti: 'one' } };
  assert.equal((await pay({ nonce, proof })).status, 200);
  const again = await pay({ nonce, proof });
  assert.deepEqual([again.status, again.error], [401, 'invalid_dpop_proof']);
  assert.match(again.body.detail, /used before/);

  await t.test('of many at once, one is let in', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => pay({ nonce, proof: { claims: { jti: 'many' } } })));
    assert.equal(all.filter(({ status }) => status === 200).length, 1);
  });

  await t.test('another device may choose the same id', async () => {
    assert.equal((await pay({ of: new Device(), nonce, proof })).status, 200);
  });

  await t.test('its time over, it is too old as well', async () => {
    now += minute + 1000;
    const iat = Math.floor(now / 1000) - 61;
    const { error, body } = await pay({ nonce, proof: { claims: { jti: 'one', iat } } });
    assert.equal(error, 'invalid_dpop_proof');
    assert.match(body.detail, /iat/);
  });
});

test('a refused proof is not used up', async () => {
  const proof = { claims: { jti: 'kept' } };
  const { error, nonce } = await pay({ proof });
  assert.equal(error, 'use_dpop_nonce');
  assert.equal((await pay({ nonce, proof })).status, 200);
});

for (const { what, proof, headers, method, says } of [
  { what: 'for another method', proof: { method: 'GET' }, says: 'htm' },
  { what: 'for another path', proof: { claims: { htu: `${publicUrl}/other` } }, says: 'htu' },
  { what: 'for another host', proof: { claims: { htu: 'https://evil.example/pay' } }, says: 'htu' },
  { what: 'for another token', proof: { token: 'another' }, says: 'ath' },
  { what: 'by another key', proof: { header: { jwk: new Device().jwk } }, says: 'signed' },
  { what: 'that shows its private key', proof: { header: { jwk: new Device().privateJWK } }, says: 'public key' },
  { what: 'by a key that is none', proof: { header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } } }, says: 'one JWT' },
  { what: 'of another type', proof: { header: { typ: 'JWT' } }, says: 'typ' },
  { what: 'with an alg that shares a secret', proof: { header: { alg: 'HS256' } }, says: 'alg' },
  { what: 'without an id', proof: { claims: { jti: undefined } }, says: 'jti' },
  { what: 'made 61 seconds ago', proof: { claims: { iat: 1772366400 - 61 } }, says: 'iat' },
  { what: 'made in 61 seconds', proof: { claims: { iat: 1772366400 + 61 } }, says: 'iat' },
  { what: 'that is none', headers: { DPoP: 'nonsense' }, says: 'one JWT' },
]) {
  test(`a proof ${what} is refused`, async () => {
    const { status, error, body } = await pay({ nonce: await nonceNow(), proof, headers, method });
    assert.deepEqual([status, error], [401, 'invalid_dpop_proof']);
    assert.ok(body.detail.includes(says), body.detail);
  });
}

test("a thief's proof by a key of their own does not fit the token", async () => {
  const [token, thief] = [tokenOf(device), new Device()];
  const url = `${api.url}/pay`;
  const text = thief.dpop({ url: shown(url), method: 'POST', token, nonce: await nonceNow(), now });
  const { error, body } = await ask(url, { method: 'POST', Authorization: `DPoP ${token}`, DPoP: text });
  assert.equal(error, 'invalid_dpop_proof');
  assert.match(body.detail, /bound to another key/);
});

test('a query changes nothing', async () => {
  assert.equal((await pay({ url: `${api.url}/pay?to=bela&amount=5`, nonce: await nonceNow() })).status, 200);
});

test('without a proof, the client is told how to make one', async () => {
  for (const header of ['Symbolon-Device-Token', 'Authorization']) {
    const value = header === 'Authorization' ? `DPoP ${tokenOf(device)}` : tokenOf(device);
    const { status, challenge, nonce, body } = await ask(`${api.url}/pay`, { [header]: value });
    assert.deepEqual([status, challenge], [401, 'DPoP algs="ES256 EdDSA PS256 RS256"']);
    assert.equal(body.code, 'unauthenticated');
    assert.equal((await pay({ nonce })).status, 200, 'the nonce came along');
  }
});

/** Sends headers as they are, also several of one name, which fetch would join. */
function sendRaw(url, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume();
      const [, error] = /error="(\w+)"/.exec(response.headers['www-authenticate'] ?? '') ?? [];
      resolve([response.statusCode, error]);
    });
    sent.on('error', reject).end();
  });
}

for (const framework of Object.keys(frameworks)) {
  test(`${framework}: doubled headers are refused, whoever would win`, async (t) => {
    const doubled = await serveFor(t, { dpop: 'optional' }, { '/pay': {} }, framework);
    const url = `${doubled.url}/pay`;
    const token = tokenOf(device);
    const nonce = await nonceNow({ url });
    const proof = () => device.dpop({ url: shown(url), method: 'POST', token, nonce, now });
    const authorization = `DPoP ${token}`;
    const send = (more) => sendRaw(url, { 'X-Session': 'anna', ...more });
    assert.deepEqual(await send({ Authorization: authorization, DPoP: proof() }), [200, undefined]);
    assert.deepEqual(await send({ Authorization: authorization, DPoP: [proof(), proof()] }), [401, 'invalid_dpop_proof']);
    assert.deepEqual(await send({ 'Symbolon-Device-Token': [token, token] }), [400, undefined]);
    const both = { 'Symbolon-Device-Token': token, Authorization: authorization, DPoP: proof() };
    assert.deepEqual(await send(both), [400, undefined]);
  });
}

test('proofs are held against the public address, whatever the Host header says', async (t) => {
  const hidden = await serveFor(t, { dpop: 'required', publicUrl: 'https://api.example.com/v2/' });
  const url = `${hidden.url}/pay`;
  const forPublic = { claims: { htu: 'https://API.example.com:443/v2/pay' } };
  const nonce = await nonceNow({ url, proof: forPublic });
  assert.equal((await pay({ url, nonce, proof: forPublic })).status, 200);
  const forHost = { claims: { htu: url } };
  assert.match((await pay({ url, nonce, proof: forHost })).body.detail, /the request is for https:\/\/api.example.com\/v2\/pay/);
});

test('where proofs are optional, one that comes must hold, and a route may demand one', async (t) => {
  const { url } = await serveFor(t, { dpop: 'optional' }, { '/read': {}, '/pay': { proof: true } });
  const plain = { 'Symbolon-Device-Token': tokenOf(device) };
  assert.equal((await ask(`${url}/read`, plain)).status, 200);
  assert.equal((await ask(`${url}/read`, { ...plain, DPoP: 'nonsense' })).error, 'invalid_dpop_proof');
  assert.equal((await ask(`${url}/read`, { Authorization: `DPoP ${tokenOf(device)}` })).status, 401, 'the scheme promises one');
  assert.match((await ask(`${url}/pay`, { ...plain, method: 'POST' })).challenge, /^DPoP algs=/);
});

test('where they are off, they are not looked at, but where a route demands one', async (t) => {
  const { url } = await serveFor(t, { dpop: 'off' }, { '/read': {}, '/pay': { proof: true } });
  const { status, body } = await ask(`${url}/read`, { 'Symbolon-Device-Token': tokenOf(device), DPoP: 'nonsense' });
  assert.deepEqual([status, body.isProven], [200, false]);
  const { nonce } = await pay({ url: `${url}/pay` });
  assert.equal((await pay({ url: `${url}/pay`, nonce })).body.isProven, true);
});

test('a memory that is full refuses, rather than forgets', async (t) => {
  const heard = [];
  const replays = new LocalReplayMemory(2, () => now);
  const { url } = await serveFor(t, { replays, dpop: 'required', onFault: (fault) => heard.push(fault) });
  const send = (nonce) => pay({ url: `${url}/pay`, nonce });
  const { nonce } = await send();
  assert.deepEqual([(await send(nonce)).status, (await send(nonce)).status], [200, 200]);
  const { status, body } = await send(nonce);
  assert.deepEqual([status, body.code], [503, 'unavailable']);
  assert.match(heard[0].cause.message, /memory of used proofs is full/);
  now += 2 * minute;
  assert.equal((await send(nonce)).status, 200, 'there is room once they are too old');
});

test('a memory that processes share is asked, and its faults admit nobody', async (t) => {
  const [noted, heard] = [[], []];
  const replays = { remember: async (id, until) => (id ? noted.push({ id, until }) === 1 : true) };
  const { url } = await serveFor(t, { replays, dpop: 'required', onFault: (fault) => heard.push(fault.message) });
  const { nonce } = await pay({ url: `${url}/pay` });
  assert.equal((await pay({ url: `${url}/pay`, nonce })).status, 200);
  assert.equal((await pay({ url: `${url}/pay`, nonce })).error, 'invalid_dpop_proof');
  assert.deepEqual(noted.map(({ until }) => until), [now + minute, now + minute]);
  replays.remember = () => Promise.reject(new Error('down'));
  assert.equal((await pay({ url: `${url}/pay`, nonce })).status, 503);
  assert.deepEqual(heard, ['the proof could not be noted as used']);
});
