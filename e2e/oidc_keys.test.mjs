// The provider's keys change, and the provider goes away for a while. Doubt is never an identity.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databases } from './harness/demo.mjs';
import { SigningKey } from './harness/oidc_keys.mjs';
import { Shopper, settled, startShop } from './harness/oidc_shop.mjs';
import { launch } from './harness/person.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`the provider changes its keys, then is away, on ${database}`, async (t) => {
    const shop = await startShop(t, database);
    const { provider } = shop;
    const anna = await Shopper.open(t, browser, shop);
    await anna.signIn({ name: 'anna' });
    await anna.press('Remember this browser');
    const { id_token: before } = await anna.tokens();
    const forged = () => provider.mint({ key: new SigningKey('RS256') });

    await t.test('a token by a new key gets in, for which the page waits some seconds at most', async () => {
      provider.rotate();
      await anna.signIn({ name: 'anna' });
      assert.match(await anna.press('My devices'), /^1 of anna: Chrom.* \(this browser\)$/);
    });

    await t.test('a token by the key that was withdrawn does not any more', async () => {
      const { status, body } = await settled(() => shop.show(before));
      assert.equal(status, 401, JSON.stringify(body));
      assert.match(body.detail, /key/);
    });

    await t.test('while the provider is away, keys that are known still count', async () => {
      provider.down();
      assert.match(await anna.press('My devices'), /^1 of anna: Chrom.* \(this browser\)$/);
      assert.equal((await shop.decide('anna', await anna.prove())).known, true);
    });

    await t.test('and of others nothing can be told, so nobody gets in by them', async () => {
      for (const token of [before, forged()]) assertUndecided(await shop.show(token));
    });

    const { id_token: present } = await anna.tokens();

    await t.test('a service that was started meanwhile knows no keys, and lets nobody in', async () => {
      await shop.service.restart();
      assertUndecided(await shop.show(present));
      assertUndecided(await shop.show(forged()));
    });

    await t.test('when the provider is back, it goes on by itself', async () => {
      provider.up();
      assert.equal((await settled(() => shop.show(present))).body.items.length, 1);
      assert.notEqual((await shop.show(forged())).status, 200);
    });
  });
}

function assertUndecided({ status, headers, body }) {
  assert.equal(status, 503, JSON.stringify(body));
  assert.equal(body.code, 'unavailable');
  assert.match(headers.get('Retry-After') ?? '', /^\d+$/, 'it says when to ask again');
}
