// Beside an identity provider: it says who the person is, Symbolon which browser that is, and no backend stands between.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databases } from './harness/demo.mjs';
import { claimsOf } from './harness/oidc_keys.mjs';
import { api } from './harness/oidc_provider.mjs';
import { Shopper, nextSecond, startShop } from './harness/oidc_shop.mjs';
import { launch } from './harness/person.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`a person signs in at the provider and the browser becomes one of their devices, on ${database}`, async (t) => {
    const shop = await startShop(t, database);
    const anna = await Shopper.open(t, browser, shop);

    await t.test('the ID token registers the browser, and lists it', async () => {
      assert.equal(await anna.signIn({ name: 'anna' }), 'Hello, anna.');
      assert.match(await anna.press('My devices'), /^0 of anna/);
      assert.match(await anna.press('Remember this browser'), /^Known as Chrom/);
      assert.match(await anna.press('Remember this browser'), /^Known as Chrom/, 'a token is not spent, as a ticket is');
      assert.match(await anna.press('My devices'), /^1 of anna: Chrom.* \(this browser\)$/);
    });

    await t.test('a decision knows it', async () => {
      const decision = await shop.decide('anna', await anna.prove());
      assert.equal(decision.proofResult, 'valid');
      assert.equal(decision.known, true);
      assert.equal(decision.recommendation, 'ALLOW');
      assert.equal((await shop.decide('ben', await anna.prove())).known, false, 'only for whom the provider named');
    });

    await t.test('it is trusted only where the provider says that a second factor was passed', async () => {
      assert.deepEqual(claimsOf((await anna.tokens()).id_token).amr, ['pwd']);
      assert.match(await anna.press('Trust this browser'), /^forbidden: .*second factor/);
      await anna.signIn({ name: 'anna', code: '123456' });
      assert.deepEqual(claimsOf((await anna.tokens()).id_token).amr, ['pwd', 'otp']);
      assert.match(await anna.press('Trust this browser'), /^Trusted until 20/);
      const decision = await shop.decide('anna', await anna.prove());
      assert.equal(decision.recommendation, 'TRUST');
      assert.equal(decision.secondFactor, 'skip');
    });

    await t.test('another person in another browser sees nothing of it', async () => {
      const ben = await Shopper.open(t, browser, shop);
      await ben.signIn({ name: 'ben' });
      await ben.press('Remember this browser');
      assert.match(await ben.press('My devices'), /^1 of ben: Chrom[^,]* \(this browser\)$/);
      assert.match(await anna.press('My devices'), /^1 of anna: Chrom[^,]*, trusted \(this browser\)$/);
    });

    await t.test('signed out everywhere, only who signs in anew gets in', async () => {
      const ended = (await anna.tokens()).id_token;
      await shop.signOutEverywhere('anna');
      assert.match(await anna.press('My devices'), /^unauthenticated: /);
      assert.equal((await shop.show(ended)).status, 401);

      // The provider's own session gives a new token at once, but of the old sign-in.
      await anna.signInAgain();
      const renewed = (await anna.tokens()).id_token;
      assert.equal(claimsOf(renewed).auth_time, claimsOf(ended).auth_time);
      assert.match(await anna.press('My devices'), /^unauthenticated: /);

      await nextSecond();
      await anna.signIn({ name: 'anna' });
      assert.match(await anna.press('My devices'), /^1 of anna: Chrom[^,]* \(this browser\)$/, 'known, and trusted no more');
    });
  });

  test(`a JWT access token does as well as an ID token, on ${database}`, async (t) => {
    const shop = await startShop(t, database);
    const anna = await Shopper.open(t, browser, shop, { resource: api, shows: 'access_token' });
    await anna.signIn({ name: 'anna' });
    const { access_token: token } = await anna.tokens();
    assert.equal(claimsOf(token).aud, api);
    assert.match(await anna.press('Remember this browser'), /^Known as Chrom/);
    assert.match(await anna.press('My devices'), /^1 of anna: Chrom.* \(this browser\)$/);
    assert.equal((await shop.decide('anna', await anna.prove())).recommendation, 'ALLOW');
    assert.match(await anna.press('Trust this browser'), /^forbidden: .*second factor/, 'it says nothing of one');
  });
}

test('a token that the provider issued to another client is refused, and the page says why', async (t) => {
  const shop = await startShop(t, 'SQLite');
  const reader = await Shopper.open(t, browser, shop, { client: 'newsletter' });
  assert.equal(await reader.signIn({ name: 'anna', code: '123456' }), 'Hello, anna.');
  assert.equal(claimsOf((await reader.tokens()).id_token).aud, 'newsletter');
  assert.match(await reader.press('Remember this browser'), /^unauthenticated: .*audience/);
  assert.match(await reader.press('My devices'), /^unauthenticated: .*audience/);
});
