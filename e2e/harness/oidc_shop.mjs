// A shop whose people sign in at an identity provider: the provider, the service and the shop's page together.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { seconds } from './oidc_keys.mjs';
import { api, introspector, startProvider } from './oidc_provider.mjs';
import { startService } from './oidc_service.mjs';

const files = {
  '/': { type: 'text/html', url: new URL('oidc_page.html', import.meta.url) },
  '/page.js': { type: 'text/javascript', url: new URL('oidc_page.js', import.meta.url) },
  '/symbolon.js': { type: 'text/javascript', url: new URL('../../sdk/web/dist/symbolon.js', import.meta.url) },
};

/** Starts all three on a database. The app takes the provider's tokens, and asks each time about opaque ones. */
export async function startShop(t, database) {
  const shop = new Shop();
  t.after(() => shop.close());
  await shop.open(database);
  return shop;
}

class Shop {
  #site = createServer((request, response) => this.#serve(request, response));
  #backendKey;

  async open(database) {
    await new Promise((listening) => this.#site.listen(0, '127.0.0.1', listening));
    const origin = `http://localhost:${this.#site.address().port}`;
    this.url = `${origin}/`;
    this.provider = await startProvider(this.url);
    this.service = await startService(database);
    const app = { id: 'shop', name: 'Shop', origins: [origin], issuers: [this.issuer()] };
    const { credential } = await this.service.must('POST', '/v1/apps', app);
    this.#backendKey = credential.key;
  }

  async close() {
    const site = new Promise((closed) => this.#site.close(closed).closeAllConnections());
    await Promise.all([site, this.provider?.close(), this.service?.close()]);
  }

  /** The provider, as the app lists it. */
  issuer() {
    const factor = { amr: ['otp', 'mfa'] };
    const introspection = { ...introspector, cacheFor: 'PT0S' };
    return { issuer: this.provider.issuer, audiences: ['shop', api], factor, introspection };
  }

  /** What a token opens: its user's devices. */
  show(token) {
    return this.service.call('GET', '/v1/apps/shop/me/devices', undefined, { bearer: token });
  }

  /** The shop's backend asks for a decision on what a page handed over. */
  decide(userId, { proof, signals }) {
    const body = { userId, proof, signals, action: 'login' };
    return this.service.must('POST', '/v1/apps/shop/decisions', body, { bearer: this.#backendKey });
  }

  /** The shop's backend ends every sign-in of a user. */
  signOutEverywhere(userId) {
    const path = `/v1/apps/shop/users/${userId}/revocations`;
    return this.service.must('POST', path, { cause: 'sign_out_everywhere' }, { bearer: this.#backendKey });
  }

  async #serve(request, response) {
    const { pathname } = new URL(request.url, this.url);
    if (pathname === '/config.json') {
      const config = { issuer: this.provider.issuer, service: this.service.url, app: 'shop' };
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(config));
    } else if (Object.hasOwn(files, pathname)) {
      const { type, url } = files[pathname];
      response.setHeader('Content-Type', type).end(await readFile(url));
    } else {
      response.writeHead(404).end();
    }
  }
}

/** Resolves in a later second than now: the claims of a token count no less than seconds. */
export async function nextSecond() {
  const now = seconds();
  while (seconds() === now) await wait(50);
}

/** Asks until the service can tell; it looks for new keys once in a few seconds, and until then says 503. */
export async function settled(ask) {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
    await wait(1000 * Number(answer.headers.get('Retry-After') ?? 1));
  }
}

/** One browser at the shop, with a profile of its own. */
export class Shopper {
  constructor(page) {
    this.page = page;
  }

  /** Opens the shop in a fresh profile; options say as which client the page signs in, for which API, and what it shows. */
  static async open(t, browser, shop, options = {}) {
    const context = await browser.newContext();
    t.after(() => context.close());
    const shopper = new Shopper(await context.newPage());
    await shopper.page.goto(`${shop.url}?${new URLSearchParams(options)}`);
    return shopper;
  }

  /** Signs in on the provider's page, which asks also where it knows the person already. */
  async signIn({ name, code }) {
    await this.page.getByRole('button', { name: 'Sign in anew' }).click();
    await this.page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Password').fill('correct horse');
    if (code) await this.page.getByLabel('Code').fill(code);
    await this.page.getByRole('button', { name: 'Continue' }).click();
    return this.#isTold();
  }

  /** Signs in where the provider knows the person from before, and asks nothing. */
  async signInAgain() {
    return this.press('Sign in');
  }

  /** Presses a button, and reads what the page says then. */
  async press(name) {
    await this.page.getByRole('status').evaluate((status) => (status.textContent = ''));
    await this.page.getByRole('button', { name, exact: true }).click();
    return this.#isTold();
  }

  /** The tokens that the page got. */
  tokens() {
    return this.page.evaluate(() => JSON.parse(sessionStorage.tokens));
  }

  /** A proof for the shop's backend. */
  prove() {
    return this.page.evaluate(() => window.symbolon.prove({ action: 'login' }));
  }

  async #isTold() {
    const status = this.page.getByRole('status').filter({ hasText: /./ });
    await status.waitFor();
    return status.textContent();
  }
}
