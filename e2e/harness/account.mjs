// A shop with Symbolon's page of devices under its own origin: it hands /account/ on, as a proxy does.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPostgres } from '../postgres.mjs';

const root = new URL('../../', import.meta.url).pathname;
const binary = process.env.SYMBOLON_BINARY ?? `${root}bin/symbolon`;

/** Starts service and shop, until the test ends. */
export async function startAccounts(t, database) {
  const house = new House();
  await house.startService(t, database);
  await house.startShop(t);
  return house;
}

class House {
  #adminKey = randomBytes(16).toString('hex');
  #backendKey;

  async startService(t, database) {
    const postgres = database === 'PostgreSQL' ? await startPostgres() : undefined;
    const folder = await mkdtemp(join(tmpdir(), 'symbolon-accounts-'));
    const args = ['serve', '--listen', '127.0.0.1:0', '--data', folder, '--trusted-proxies', '127.0.0.1', ...(postgres ? ['--database', postgres.url] : [])];
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('SYMBOLON_'));
    const secret = postgres ? { SYMBOLON_SECRET: randomBytes(32).toString('base64') } : {};
    const env = { ...Object.fromEntries(own), ...secret, SYMBOLON_ADMIN_KEY: this.#adminKey };
    const service = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = [];
    service.stderr.on('data', (chunk) => log.push(chunk));
    t.after(async () => {
      if (service.exitCode === null) {
        service.kill('SIGTERM');
        await once(service, 'exit');
      }
      await postgres?.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    const ended = once(service, 'exit').then(([code]) => {
      throw new Error(`symbolon serve ended with ${code}: ${Buffer.concat(log)}`);
    });
    const [line] = await Promise.race([once(createInterface({ input: service.stdout }), 'line'), ended]);
    ended.catch(() => undefined);
    this.service = line.split(' is ready at ')[1];
  }

  async startShop(t) {
    const server = createServer((incoming, outgoing) => this.#answer(incoming, outgoing));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close().closeAllConnections());
    this.origin = `http://localhost:${server.address().port}`;
    const made = await this.#call('POST', '/v1/apps', { id: 'shop', name: 'The shop', origins: [this.origin] }, this.#adminKey);
    this.#backendKey = made.credential.key;
    // A browser that tests drive is odd: here risk counts for nothing.
    await this.#call('PUT', '/v1/apps/shop/policy', { risk: { challengeAt: 101, distrustAt: 101, denyAt: 101 } }, this.#adminKey);
  }

  async #answer(incoming, outgoing) {
    if (incoming.url.startsWith('/account/')) {
      this.#handOn(incoming, outgoing);
    } else if (incoming.url === '/symbolon.js') {
      outgoing.setHeader('Content-Type', 'text/javascript').end(await readFile(`${root}sdk/web/dist/symbolon.js`));
    } else {
      outgoing.setHeader('Content-Type', 'text/html').end(`<!doctype html><title>Shop</title><link rel="icon" href="data:,"><h1>Shop</h1><script type="module">
        import { createSymbolon } from '/symbolon.js';
        window.symbolon = createSymbolon({ baseUrl: '${this.service}', app: 'shop' });
      </script>`);
    }
  }

  #handOn(incoming, outgoing) {
    const { method, url, headers } = incoming;
    const told = { ...headers, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'http', 'x-forwarded-host': headers.host };
    const answered = (answer) => answer.pipe(outgoing.writeHead(answer.statusCode, answer.headers));
    incoming.pipe(ask(this.service + url, { method, headers: told }, answered));
  }

  /** A browser of its own that a customer registered in the shop. */
  async browser(t, browser, user, options = {}) {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(this.origin);
    await page.waitForFunction(() => window.symbolon);
    await page.evaluate((assertion) => symbolon.register({ assertion }), await this.ticket(user));
    return page;
  }

  async ticket(userId) {
    return (await this.#call('POST', '/v1/apps/shop/tickets', { userId, factor: 'otp' })).ticket;
  }

  /** The address of the customer's page; at the shop's origin, or at the service's own. */
  async link(userId, more = { origin: this.origin }) {
    return (await this.#call('POST', '/v1/apps/shop/account-links', { userId, factor: 'otp', ...more })).url;
  }

  /** What the shop's backend hears of a browser at a sign-in. */
  async decide(page, userId) {
    await page.goto(this.origin);
    await page.waitForFunction(() => window.symbolon);
    const { proof, signals } = await page.evaluate(() => symbolon.prove({ action: 'login' }));
    return this.#call('POST', '/v1/apps/shop/decisions', { userId, proof: proof ?? undefined, signals, action: 'login' });
  }

  async #call(method, path, body, key = this.#backendKey) {
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
    const response = await fetch(this.service + path, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
