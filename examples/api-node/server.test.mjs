// The example as its reader starts it, at the real service, asked by a device; and the page that walks through it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Device } from '../../sdk/node/test/harness/device.mjs';
import { startReal } from '../../sdk/web/test/harness/real.mjs';

const here = (path) => new URL(path, import.meta.url).pathname;
const root = here('../../');
const publicUrl = 'https://api.bank.example';
const page = await readFile(here('../../docs/node.md'), 'utf8');
const blocks = (language) => Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms')), ([, text]) => text);

let real;
let server;
let url;

before(async () => {
  real = await startReal('https://bank.example');
  const env = {
    ...{ SYMBOLON_URL: real.url, SYMBOLON_APP: real.app, SYMBOLON_KEY: real.backendKey },
    ...{ PATH: process.env.PATH, PUBLIC_URL: publicUrl, PORT: '0' },
  };
  server = spawn(process.execPath, [here('server.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), once(server, 'exit')]);
  url = /http:\S+/.exec(line)[0];
});
after(async () => {
  if (server?.exitCode === null) {
    server.kill();
    await once(server, 'exit');
  }
  await real?.close();
});

async function signIn(password = 'correct horse') {
  const response = await fetch(`${url}/sign-in`, { method: 'POST', body: new URLSearchParams({ name: 'alice', password }) });
  return { status: response.status, Cookie: response.headers.get('Set-Cookie')?.split(';')[0] };
}

async function ask(path, headers, order) {
  const init = order && { method: 'POST', body: JSON.stringify(order) };
  const response = await fetch(url + path, { ...init, headers: { ...headers, 'Content-Type': 'application/json' } });
  const challenge = response.headers.get('WWW-Authenticate');
  return { status: response.status, challenge, nonce: response.headers.get('DPoP-Nonce'), ...(await response.json()) };
}

/** Pays as an SDK does: with a proof, and again with the nonce that it is told. */
async function pay(cookie, device, order, held) {
  const token = held ?? (await device.token());
  const send = (nonce) => {
    const proof = device.dpop({ method: 'POST', url: `${publicUrl}/transfers`, token, nonce });
    return ask('/transfers', { ...cookie, Authorization: `DPoP ${token}`, DPoP: proof }, order);
  };
  return send((await send()).nonce);
}

test('a known device reads, a trusted one pays, and a blocked one does neither for long', async () => {
  assert.equal((await signIn('guessed')).status, 401);
  const { Cookie } = await signIn();
  assert.match((await ask('/balance', { Cookie })).challenge, /acr_values="urn:symbolon:known"/);
  const laptop = await new Device().register(real, 'alice');
  const token = await laptop.token();
  const brought = { Cookie, 'Symbolon-Device-Token': token };
  assert.deepEqual((await ask('/balance', brought)).cents, 100_00);
  assert.equal((await ask('/balance', { 'Symbolon-Device-Token': token })).detail, 'nobody is signed in');
  assert.match((await ask('/transfers', brought, { to: 'bob', cents: 5 })).challenge, /^DPoP algs=/);
  assert.match((await pay({ Cookie }, laptop, { to: 'bob', cents: 5 })).challenge, /acr_values="urn:symbolon:trusted"/);

  const phone = await new Device('EdDSA').register(real, 'alice', { trust: { duration: 'P30D' } });
  const paid = await pay({ Cookie }, phone, { to: 'bob', cents: 25_00 });
  assert.deepEqual([paid.status, paid.cents], [201, 75_00]);
  assert.equal((await pay({ Cookie }, phone, { to: 'bob', cents: 1_000_00 })).status, 400);

  const held = await phone.token();
  await real.block(phone.id);
  const refused = await pay({ Cookie }, phone, { to: 'bob', cents: 5 }, held);
  assert.match(refused.challenge, /error="invalid_token"/, 'at once, where money is');
  assert.equal((await ask('/balance', { Cookie, 'Symbolon-Device-Token': held })).status, 200, 'within minutes, where it is not');
});

test('what the page shows of it stands in it', async () => {
  const file = await readFile(here('server.mjs'), 'utf8');
  const shown = blocks('js');
  assert.ok(shown.length >= 4);
  for (const text of shown) {
    assert.ok(file.includes(text), text);
  }
});

/** A port that is free now. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

test('the commands of the page work as they stand, but for the ports', async () => {
  const [service, api] = [await freePort(), await freePort()];
  const script = blocks('sh').join('\n').replaceAll('8080', service).replaceAll('8091', api);
  // Whoever runs the tests may have a service configured; a reader has none.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SYMBOLON_')));
  const whole = `trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT\n${script}`;
  const { stdout } = await promisify(execFile)('bash', ['-ec', whole], { cwd: root, env });
  assert.match(stdout, /Hello, alice\./);
  assert.match(stdout, /HTTP\/1\.1 401 Unauthorized/);
  assert.match(stdout, /acr_values="urn:symbolon:known"/);
  assert.match(stdout, /acr_values="urn:symbolon:trusted"/);
});
