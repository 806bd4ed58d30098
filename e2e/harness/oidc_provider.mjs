// An identity provider that is not ours: panva's certified oidc-provider on this machine, with people who sign in by a
// password or by a password and a code.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import Provider from 'oidc-provider';
import { SigningKey, jws, seconds } from './oidc_keys.mjs';

/** The API whose access tokens are JWTs; all other access tokens are opaque. */
export const api = 'https://api.shop.example';

/** How Symbolon asks about opaque tokens. Its secret needs the encoding of RFC 6749, section 2.3.1. */
export const introspector = { clientId: 'symbolon', clientSecret: 'half of 100%: a+b&c=d/e' };

/** How the portal is known to it. */
export const portalClient = { clientId: 'portal', clientSecret: 'half of 50%: a+b&c=d/e' };

/** Starts a provider whose clients send people back to the page. */
export async function startProvider(page) {
  const provider = new IdentityProvider(page);
  await provider.listen();
  return provider;
}

class IdentityProvider {
  #page;
  #present;
  #answer;
  #kept = new Map();
  #isDown = false;
  #portal = [];
  #groups = new Map();
  #server = createServer((request, response) => this.#serve(request, response));

  constructor(page) {
    this.#page = page;
    // A provider that is down drops connections, and so keeps its port until it is up again.
    this.#server.on('connection', (socket) => this.#isDown && socket.destroy());
  }

  async listen() {
    await new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening));
    this.issuer = `http://127.0.0.1:${this.#server.address().port}`;
    this.rotate();
  }

  close() {
    return new Promise((closed) => this.#server.close(closed).closeAllConnections());
  }

  /** Starts it anew with new keys only, under the same name and with what it remembers. */
  rotate() {
    this.key = new SigningKey('RS256');
    this.apiKey = new SigningKey('ES256');
    this.#present = new Provider(this.issuer, this.#settings());
    this.#answer = this.#present.callback();
  }

  /** From now on it lets people into the portal that has this address. */
  admits(redirect) {
    this.#portal = [{ client_id: portalClient.clientId, client_secret: portalClient.clientSecret, redirect_uris: [redirect] }];
    this.rotate();
  }

  /** Puts a person into groups, and out of all others. */
  group(name, ...groups) {
    this.#groups.set(name, groups);
  }

  down() {
    this.#isDown = true;
    this.#server.closeAllConnections();
  }

  up() {
    this.#isDown = false;
  }

  /** A token of the form of its ID tokens for the shop, with claims and header changed. */
  mint({ claims = {}, header = {}, key = this.key, signed = (text) => key.sign(text) } = {}) {
    const now = seconds();
    const usual = { iss: this.issuer, aud: 'shop', sub: 'anna', iat: now, auth_time: now, exp: now + 3600, amr: ['pwd'] };
    return jws({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header }, { ...usual, ...claims }, signed);
  }

  #settings() {
    return {
      adapter: (model) => new Shelf(model, this.#kept),
      clients: [this.#publicClient('shop'), this.#publicClient('newsletter'), confidentialClient, ...this.#portal],
      clientBasedCORS: (_, origin) => origin === new URL(this.#page).origin,
      cookies: { keys: ['not a secret on this machine'] },
      claims: { openid: ['sub', 'amr', 'auth_time'], email: ['email'], profile: ['name', 'groups'] },
      features: {
        devInteractions: { enabled: false },
        introspection: { enabled: true, allowedPolicy: (_, client) => client.clientId === introspector.clientId },
        resourceIndicators: { enabled: true, getResourceServerInfo: () => resourceServer },
        revocation: { enabled: true },
      },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, email: `${accountId}@bank.example`, groups: this.#groups.get(accountId) }) }),
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      jwks: { keys: [this.key.jwk, this.apiKey.jwk] },
      loadExistingGrant: grant,
      pkce: { required: () => true },
      ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86400, IdToken: 3600, Interaction: 600, Session: 86400 },
    };
  }

  #publicClient(id) {
    return { client_id: id, redirect_uris: [this.#page], token_endpoint_auth_method: 'none' };
  }

  async #serve(request, response) {
    if (!request.url.startsWith('/interaction/')) {
      this.#answer(request, response);
    } else if (request.method === 'POST') {
      await this.#signIn(request, response);
    } else {
      response.setHeader('Content-Type', 'text/html').end(signInPage);
    }
  }

  /** Everyone's password is right; what was typed is what the provider says was passed (amr, RFC 8176). */
  async #signIn(request, response) {
    const { name, code } = Object.fromEntries(new URLSearchParams(await text(request)));
    const login = { accountId: name, amr: code ? ['pwd', 'otp'] : ['pwd'] };
    await this.#present.interactionFinished(request, response, { login });
  }
}

const confidentialClient = {
  client_id: introspector.clientId,
  client_secret: introspector.clientSecret,
  grant_types: [],
  redirect_uris: [],
  response_types: [],
};

const resourceServer = { audience: api, scope: 'shop', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };

const signInPage = `<!doctype html>
<meta charset="utf-8">
<title>Identity provider</title>
<h1>Who are you?</h1>
<form method="post">
  <label>Name <input name="name"></label>
  <label>Password <input name="password" type="password"></label>
  <label>Code, if you have one <input name="code"></label>
  <button>Continue</button>
</form>`;

/** The shop and the provider are of one house, so nobody is asked for consent. */
async function grant({ oidc }) {
  const given = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  given.addOIDCScope('openid email profile');
  given.addResourceScope(api, 'shop');
  await given.save();
  return given;
}

/** What the provider remembers of one kind, on a store that outlives its restarts. */
class Shelf {
  constructor(model, kept) {
    Object.assign(this, { model, kept });
  }

  async upsert(id, payload) {
    this.kept.set(`${this.model} ${id}`, payload);
  }

  async find(id) {
    return this.kept.get(`${this.model} ${id}`);
  }

  async findByUid(uid) {
    return this.#all().find((payload) => payload.uid === uid);
  }

  async consume(id) {
    (await this.find(id)).consumed = seconds();
  }

  async destroy(id) {
    this.kept.delete(`${this.model} ${id}`);
  }

  async revokeByGrantId(id) {
    for (const [key, { grantId }] of this.kept) if (grantId === id) this.kept.delete(key);
  }

  #all() {
    return [...this.kept].filter(([key]) => key.startsWith(`${this.model} `)).map(([, payload]) => payload);
  }
}
