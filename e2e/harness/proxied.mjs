// An app behind nginx as docs/proxies/nginx.conf has it, over TLS, with Symbolon beside it and data of its own.
import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate, createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { launchOptions } from '../../sdk/web/test/harness/chromium.mjs';

const root = new URL('../../', import.meta.url).pathname;
const binary = process.env.SYMBOLON_BINARY ?? `${root}bin/symbolon`;
const host = 'app.example.com';

/**
 * Starts all of it; `person` is who is signed in, as the proxy knows, or nobody. `serve` are more flags of the service,
 * and `http` more lines for nginx, outside of the file.
 */
export async function startProxied(t, { person, serve = [], http = '' } = {}) {
  if (!existsSync(binary)) throw new Error('bin/symbolon is not built: make build');
  const folder = await mkdtemp(join(tmpdir(), 'symbolon-proxied-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const house = new Proxied(folder, await freePort());
  house.certify();
  await house.startService(t, serve);
  await house.startApp(t);
  await house.startNginx(t, http, person && (await house.ticket(person)));
  return house;
}

/** A page of a browser with a fresh profile, that comes to the app and believes its certificate. */
export async function openBrowser(t, house, { args: more = [], ...options } = {}) {
  const { args, ...rest } = launchOptions();
  const browser = await chromium.launch({ ...rest, args: [...args, ...house.browserArgs, ...more] });
  t.after(() => browser.close());
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  return context.newPage();
}

export const sees = (page, title) => page.getByRole('heading', { name: title, exact: true }).waitFor();

/** What the app's page says that reached the app. */
export const told = async (page) => JSON.parse(await page.locator('pre').textContent());

class Proxied {
  #folder;
  #adminKey = randomBytes(16).toString('hex');
  #backendKey;
  #service;

  constructor(folder, port) {
    this.#folder = folder;
    this.port = port;
    this.origin = `https://${host}:${port}`;
  }

  /** What the browser needs to come here and to believe the certificate. */
  get browserArgs() {
    const { publicKey } = new X509Certificate(readFileSync(this.#in('certificate.pem')));
    const pin = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
    return [`--host-resolver-rules=MAP ${host} 127.0.0.1`, `--ignore-certificate-errors-spki-list=${pin}`];
  }

  certify() {
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    const files = ['-keyout', this.#in('key.pem'), '-out', this.#in('certificate.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject, ...files], { stdio: 'ignore' });
  }

  async startService(t, more) {
    const args = ['serve', '--listen', '127.0.0.1:0', '--data', this.#in('data'), '--trusted-proxies', '127.0.0.1', ...more];
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('SYMBOLON_'));
    const env = { ...Object.fromEntries(own), SYMBOLON_ADMIN_KEY: this.#adminKey };
    const service = run(t, binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [line] = await Promise.race([once(createInterface({ input: service.stdout }), 'line'), ended(service)]);
    this.#service = line.split(' is ready at ')[1];
    const made = await this.#call('POST', '/v1/apps', { id: 'bank', name: 'Bank', origins: [this.origin] });
    this.#backendKey = made.credential.key;
    // A browser that tests drive is odd: here risk counts for nothing.
    await this.#call('PUT', '/v1/apps/bank/policy', { risk: { challengeAt: 101, distrustAt: 101, denyAt: 101 } });
  }

  /** The app tells what reached it. */
  async startApp(t) {
    const app = createServer(({ url, headers }, response) => {
      const told = JSON.stringify({ url, headers });
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><link rel="icon" href="data:,"><title>The app</title><h1>Welcome</h1><pre>${told.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`);
    });
    await new Promise((listening) => app.listen(0, '127.0.0.1', listening));
    t.after(() => app.close().closeAllConnections());
    this.appPort = app.address().port;
  }

  async startNginx(t, http, token) {
    const text = change(await readFile(`${root}docs/proxies/nginx.conf`, 'utf8'), {
      '127.0.0.1:3000': `127.0.0.1:${this.appPort}`,
      '127.0.0.1:8080': new URL(this.#service).host,
      'listen 443 ssl': `listen 127.0.0.1:${this.port} ssl`,
      '/etc/ssl/certs/app.example.com.pem': this.#in('certificate.pem'),
      '/etc/ssl/private/app.example.com.key': this.#in('key.pem'),
      ...(token && { '# proxy_set_header Authorization "Bearer $token"': `proxy_set_header Authorization "Bearer ${token}"` }),
    });
    await writeFile(this.#in('app.conf'), text);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${this.#in(name)};`);
    const asRoot = process.getuid() === 0 ? 'user root;' : '';
    const whole = `daemon off; pid ${this.#in('nginx.pid')}; error_log stderr warn; ${asRoot} events {}
      http { access_log off; ${http} ${temporary.join(' ')} include ${this.#in('app.conf')}; }`;
    await writeFile(this.#in('nginx.conf'), whole);
    const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find((path) => existsSync(path)) ?? 'nginx';
    const proxy = run(t, nginx, ['-e', 'stderr', '-c', this.#in('nginx.conf')], { stdio: ['ignore', 'inherit', 'pipe'] });
    await Promise.race([listens(this.port), ended(proxy)]);
  }

  async ticket(userId) {
    return (await this.#call('POST', '/v1/apps/bank/tickets', { userId, factor: 'otp' }, this.#backendKey)).ticket;
  }

  async devices(user) {
    return (await this.#call('GET', `/v1/apps/bank/users/${user}/devices`)).items;
  }

  block(device) {
    return this.#call('POST', `/v1/apps/bank/devices/${device}/block`, { reason: 'lost' });
  }

  async #call(method, path, body, key = this.#adminKey) {
    const headers = { Authorization: `Bearer ${key}`, ...(body && { 'Content-Type': 'application/json' }) };
    const response = await fetch(this.#service + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  #in(name) {
    return join(this.#folder, name);
  }
}

/** Puts this machine's values in, only where the file is marked for it. */
function change(text, changes) {
  const lines = text.split('\n');
  for (const [old, fresh] of Object.entries(changes)) {
    const at = lines.findIndex((line) => line.includes(old));
    if (at < 0 || !lines[at].includes('<--')) throw new Error(`the file does not invite to change ${old}`);
    lines[at] = lines[at].replace(old, () => fresh);
  }
  return lines.join('\n');
}

/** Runs a program until the test ends. */
function run(t, program, args, options) {
  const running = spawn(program, args, options);
  running.said = '';
  running.stderr.on('data', (chunk) => (running.said += chunk));
  t.after(async () => {
    if (running.exitCode === null && running.signalCode === null) {
      running.kill('SIGTERM');
      await once(running, 'exit');
    }
  });
  return running;
}

async function ended(running) {
  const [code] = await once(running, 'exit');
  throw new Error(`${running.spawnfile} ended with ${code}: ${running.said}`);
}

/** A port where nothing listens, of those that no system gives to connections by itself. */
async function freePort() {
  for (;;) {
    const port = 15_000 + randomInt(15_000);
    const server = createServer();
    const isFree = await new Promise((tell) => server.once('error', () => tell(false)).listen(port, '127.0.0.1', () => tell(true)));
    if (isFree) {
      await new Promise((closed) => server.close(closed));
      return port;
    }
  }
}

async function listens(port) {
  for (;;) {
    const there = await new Promise((tell) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => tell(socket.destroy() && true)).once('error', () => tell(false));
    });
    if (there) return;
    await new Promise((later) => setTimeout(later, 20));
  }
}
