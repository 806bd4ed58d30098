// A device's day at an API, with the real service: over Express, Fastify and plain node:http alike.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGuard } from '@symbolon/node';
import { startReal } from '../../web/test/harness/real.mjs';
import { ask, frameworks, userOf } from './harness/api.mjs';
import { Device } from './harness/device.mjs';

const publicUrl = 'https://api.example.com';
const routes = { '/balance': {}, '/transfers': { trusted: true, proof: true } };
let real;

before(async () => {
  real = await startReal('https://bank.example.com');
});
after(() => real?.close());

let people = 0;
const somebody = () => `person ${++people}`;

async function serve(t, framework, more = {}) {
  const guard = createGuard({ issuer: real.url, app: real.app, user: userOf, publicUrl, dpop: 'optional', ...more });
  const api = await frameworks[framework](guard, routes);
  t.after(() => api.close());
  return api.url;
}

/** Sends a transfer as an SDK does: with a proof, and again with the nonce that it is told. */
async function transfer(url, device, token) {
  const send = (nonce) => {
    const proof = device.dpop({ method: 'POST', url: `${publicUrl}/transfers`, token, nonce });
    return ask(`${url}/transfers`, { method: 'POST', user: device.user, Authorization: `DPoP ${token}`, DPoP: proof });
  };
  return send((await send()).nonce);
}

for (const framework of Object.keys(frameworks)) {
  test(`${framework}: registered, known, trusted, blocked`, async (t) => {
    const ahead = { by: 0 };
    const offline = await serve(t, framework, { clock: () => Date.now() + ahead.by });
    const live = await serve(t, framework, { live: { baseUrl: real.url, key: real.backendKey } });
    const device = await new Device().register(real, somebody());
    const balance = (url, token, user = device.user) => ask(`${url}/balance`, { user, 'Symbolon-Device-Token': token });

    const token = await device.token();
    for (const url of [offline, live]) {
      const { status, body } = await balance(url, token);
      assert.deepEqual([status, body.deviceId, body.trusted, body.isLive], [200, device.id, false, url === live]);
      assert.equal((await balance(url, token, 'somebody else')).error, 'invalid_token');

      const { status: refused, challenge } = await transfer(url, device, token);
      assert.equal(refused, 401);
      assert.match(challenge, /^DPoP error="insufficient_user_authentication", .*acr_values="urn:symbolon:trusted"/);
    }

    const trusting = await new Device('EdDSA').register(real, somebody(), { trust: { duration: 'P30D' } });
    const trusted = await trusting.token();
    for (const url of [offline, live]) {
      const { status, body } = await transfer(url, trusting, trusted);
      assert.deepEqual([status, body.trusted, body.isProven], [200, true, true]);
    }

    await real.block(device.id);
    assert.equal((await balance(live, token)).error, 'invalid_token', 'at once');
    assert.equal((await balance(offline, token)).status, 200, 'until the token ends');
    ahead.by = 5 * 60_000;
    assert.match((await balance(offline, token)).body.detail, /it has expired/);
    assert.equal(await device.token(), undefined, 'and there is no other');
  });
}

for (const alg of ['ES256', 'EdDSA', 'PS256', 'RS256']) {
  test(`a device with an ${alg} key pays`, async (t) => {
    const url = await serve(t, 'node');
    const device = await new Device(alg).register(real, somebody(), { trust: { duration: 'P30D' } });
    const { status, body } = await transfer(url, device, await device.token());
    assert.deepEqual([status, body.thumbprint], [200, device.thumbprint]);
  });
}

test('a device that was unblocked shows itself anew', async (t) => {
  const url = await serve(t, 'node', { live: { baseUrl: real.url, key: real.backendKey } });
  const device = await new Device().register(real, somebody());
  await real.block(device.id);
  await real.unblock(device.id);
  const { status } = await ask(`${url}/balance`, { user: device.user, 'Symbolon-Device-Token': await device.token() });
  assert.equal(status, 200);
});
