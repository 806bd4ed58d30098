// Access tokens that only the provider can read: it is asked about each of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databases } from './harness/demo.mjs';
import { introspector } from './harness/oidc_provider.mjs';
import { Shopper, settled, startShop } from './harness/oidc_shop.mjs';
import { launch } from './harness/person.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`an opaque access token says who the person is, on ${database}`, async (t) => {
    const shop = await startShop(t, database);
    const { provider, service } = shop;
    const anna = await Shopper.open(t, browser, shop, { shows: 'access_token' });
    await anna.signIn({ name: 'anna', code: '123456' });
    const { access_token: token } = await anna.tokens();
    const configure = (introspection) => service.must('PATCH', '/v1/apps/shop', { issuers: [{ ...shop.issuer(), introspection }] });

    await t.test('it registers the browser and lists it', async () => {
      assert.doesNotMatch(token, /\./, 'it is no JWT');
      assert.match(await anna.press('Remember this browser'), /^Known as Chrom/);
      assert.match(await anna.press('My devices'), /^1 of anna: Chrom.* \(this browser\)$/);
      assert.equal((await shop.decide('anna', await anna.prove())).known, true);
    });

    await t.test('one of another client is refused, and so is what the provider does not know', async (t) => {
      const reader = await Shopper.open(t, browser, shop, { client: 'newsletter' });
      await reader.signIn({ name: 'anna' });
      const { status, body } = await shop.show((await reader.tokens()).access_token);
      assert.equal(status, 401);
      assert.match(body.detail, /audience/);
      assert.equal((await shop.show(token.split('').reverse().join(''))).status, 401);
    });

    await t.test('while the provider is away nobody gets in by it', async () => {
      provider.down();
      const { status, body } = await shop.show(token);
      assert.equal(status, 503, JSON.stringify(body));
      assert.equal(body.code, 'unavailable');
      provider.up();
      assert.equal((await settled(() => shop.show(token))).status, 200);
    });

    await t.test('the secret is never shown, and outlives changes and restarts', async () => {
      const { issuers } = await service.must('GET', '/v1/apps/shop');
      assert.equal(issuers[0].introspection.clientId, introspector.clientId);
      assert.equal(issuers[0].introspection.clientSecret, undefined);
      const { clientSecret, ...unchanged } = { ...introspector, cacheFor: 'PT0S' };
      await configure(unchanged);
      assert.equal((await shop.show(token)).status, 200);
      await service.restart();
      assert.equal((await shop.show(token)).status, 200);
      assert.ok(!service.log().includes(clientSecret), 'nor is it in the log');
    });

    await t.test('where the secret is wrong, nothing can be told', async () => {
      await configure({ ...introspector, clientSecret: 'wrong', cacheFor: 'PT0S' });
      assert.equal((await shop.show(token)).status, 503);
      await configure({ ...introspector, cacheFor: 'PT0S' });
      assert.equal((await settled(() => shop.show(token))).status, 200);
    });

    await t.test('revoked at the provider, it is refused at once', async () => {
      const body = new URLSearchParams({ client_id: 'shop', token });
      assert.equal((await fetch(`${provider.issuer}/token/revocation`, { method: 'POST', body })).status, 200);
      const { status, body: problem } = await shop.show(token);
      assert.equal(status, 401);
      assert.match(problem.detail, /active|revoked/);
    });
  });
}
