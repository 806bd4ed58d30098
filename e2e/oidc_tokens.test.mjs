// What is no token of the provider for this app is refused, and the engineer is told why.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SigningKey, seconds } from './harness/oidc_keys.mjs';
import { startProvider } from './harness/oidc_provider.mjs';
import { settled, startShop } from './harness/oidc_shop.mjs';

/** What a token may be, each beside the usual claims of an ID token for the shop. */
const good = {
  'as the provider makes it': {},
  'for several audiences, and handed to this one': { claims: { aud: ['newsletter', 'shop'], azp: 'shop' } },
  'past its end by less than the leeway': { claims: () => ({ exp: seconds() - 10 }) },
  'by a clock that is a little ahead': { claims: () => ({ iat: seconds() + 10, auth_time: seconds() + 10 }) },
  'without a type': { header: { typ: undefined } },
  'without the name of its key': { header: { kid: undefined } },
};

/** What it may not be, and what the refusal speaks of. */
const bad = {
  'for another audience': { claims: { aud: 'newsletter' }, why: /audience/ },
  'for nobody': { claims: { aud: undefined }, why: /audience/ },
  'for several audiences, and handed to another': { claims: { aud: ['shop', 'newsletter'], azp: 'newsletter' }, why: /azp/ },
  'past its end': { claims: () => ({ exp: seconds() - 60 }), why: /expired at/ },
  'without an end': { claims: { exp: undefined }, why: /exp/ },
  'not good yet': { claims: () => ({ nbf: seconds() + 120 }), why: /not valid before/ },
  'issued in the future': { claims: () => ({ iat: seconds() + 120 }), why: /future: its iat/ },
  'issued at no time': { claims: { iat: undefined }, why: /iat/ },
  'of no user': { claims: { sub: undefined }, why: /claim sub/ },
  'of a user without a name': { claims: { sub: '' }, why: /claim sub/ },
  'of an issuer that is not listed': { claims: { iss: 'https://id.example' }, why: /issuer/ },
  'of an issuer that differs by a slash': { claims: (provider) => ({ iss: `${provider.issuer}/` }), why: /issuer/ },
  'bound to a key that the caller has to prove': { claims: { cnf: { jkt: 'x' } }, why: /cnf/ },
  'that tells of a logout': { header: { typ: 'logout+jwt' }, why: /type/ },
  'with an extension that must be understood': { header: { crit: ['b64'], b64: true }, why: /crit/ },
  'not signed': { header: { alg: 'none' }, signed: () => '', why: /alg/ },
  'said to be unsigned, with a signature': { header: { alg: 'none' }, why: /alg/ },
  'signed by another algorithm than its header says': { header: { alg: 'ES256' }, why: /signature/ },
  "signed by someone else's key, under the name of the provider's": { by: new SigningKey('RS256'), why: /signature/ },
};

/** The forms in which people hold the provider's public key, and might take it for a secret. */
const publicForms = {
  'PEM of its SPKI': (key) => key.public.export({ format: 'pem', type: 'spki' }),
  'PEM of PKCS #1': (key) => key.public.export({ format: 'pem', type: 'pkcs1' }),
  DER: (key) => key.public.export({ format: 'der', type: 'spki' }),
  modulus: (key) => Buffer.from(key.publicJWK.n, 'base64url'),
};

test('tokens by the provider’s own key', async (t) => {
  const shop = await startShop(t, 'SQLite');
  const { provider } = shop;
  const mint = ({ claims = {}, by = provider.key, ...rest }) => {
    const made = typeof claims === 'function' ? claims(provider) : claims;
    return provider.mint({ claims: made, signed: (text) => by.sign(text), ...rest });
  };

  for (const [name, token] of Object.entries(good)) {
    await t.test(`a token ${name} gets in`, async () => assert.equal((await shop.show(mint(token))).status, 200));
  }
  for (const [name, { why, ...token }] of Object.entries(bad)) {
    await t.test(`a token ${name} is refused`, async () => assertRefused(await shop.show(mint(token)), why));
  }
  for (const [form, secretOf] of Object.entries(publicForms)) {
    await t.test(`its public key, as ${form}, is no shared secret`, async () => {
      const signed = (text) => createHmac('sha256', secretOf(provider.key)).update(text).digest('base64url');
      assertRefused(await shop.show(provider.mint({ header: { alg: 'HS256' }, signed })), /alg/);
    });
  }

  await t.test('what was signed can not be changed afterwards', async () => {
    const [header, , signature] = provider.mint().split('.');
    const [, claims] = provider.mint({ claims: { sub: 'ben' } }).split('.');
    assertRefused(await shop.show([header, claims, signature].join('.')), /signature/);
  });

  await t.test('a key that the token itself carries counts for nothing', async () => {
    const thief = new SigningKey('RS256', provider.key.kid);
    const header = { jwk: thief.publicJWK, jku: 'https://thief.example/jwks' };
    assertRefused(await shop.show(provider.mint({ header, key: thief })), /signature/);
  });

  await t.test('a key that the provider does not publish is looked for, and refused', async () => {
    const stranger = provider.mint({ key: new SigningKey('RS256') });
    assertRefused(await settled(() => shop.show(stranger)), /does not publish/);
  });

  await t.test('a whole token of another provider, which the app does not list, is refused', async (t) => {
    const other = await startProvider(shop.url);
    t.after(() => other.close());
    assertRefused(await shop.show(other.mint()), /issuer/);
  });

  await t.test('none of them left a trace', async () => {
    const answer = await shop.service.must('GET', '/v1/apps/shop/devices');
    assert.deepEqual(answer.items, []);
  });
});

function assertRefused({ status, body }, why) {
  assert.equal(status, 401, JSON.stringify(body));
  assert.equal(body.code, 'unauthenticated');
  assert.match(body.detail, why);
}
