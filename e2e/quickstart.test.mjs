// The quickstart, as a reader follows it: its commands as they stand, in one shell, and a browser where it says so.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch } from './harness/person.mjs';

const root = new URL('..', import.meta.url).pathname;
const page = readFileSync(new URL('../docs/quickstart.md', import.meta.url), 'utf8');

/** The commands of a section, by the words in its heading. */
function commands(heading) {
  const section = page.split(/^## /m).find((text) => text.split('\n')[0].includes(heading));
  assert.ok(section, `the quickstart has no section "${heading}"`);
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
}

/** A shell into which blocks are pasted one after the other, as a reader does. */
class Shell {
  #shell = spawn('bash', ['-m'], { cwd: root, env: environment(), detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  #said = '';
  #more = () => undefined;
  #ended = false;

  constructor() {
    for (const stream of [this.#shell.stdout, this.#shell.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#said += text;
        this.#more();
      });
    }
    this.#shell.on('exit', () => {
      this.#ended = true;
      this.#more();
    });
  }

  /** Runs a block to its end. Resolves to what was said meanwhile; rejects where a command of it failed. */
  async paste(block) {
    this.#said = '';
    const done = /^done (\d+)$/m;
    this.#shell.stdin.write(`trap 'failed=1' ERR; failed=0\n${block}\necho "done $failed"\n`);
    while (!done.test(this.#said) && !this.#ended) await new Promise((resolve) => (this.#more = resolve));
    assert.equal(done.exec(this.#said)?.[1], '0', `a command failed:\n${block}\n${this.#said}`);
    return this.#said;
  }

  /** Ends the shell, and what it left running. */
  async close() {
    if (this.#ended) return;
    const exit = new Promise((resolve) => this.#shell.on('exit', resolve));
    this.#shell.stdin.end('kill $(jobs -p) 2>/dev/null; rm -rf "$shop"; exit\n');
    await exit;
  }
}

/** Whoever runs the tests may have a service configured; a reader has none. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SYMBOLON_')));
}

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** Signs in with the password, and gives what the shop says. */
async function signIn(shop) {
  await shop.goto('http://localhost:3000');
  await shop.getByLabel('Password').fill('correct horse');
  await shop.getByRole('button', { name: 'Sign in' }).click();
  return said(shop);
}

async function giveCode(shop, { trust }) {
  await shop.getByLabel('Code').fill('123456');
  await shop.getByLabel('Trust this browser').setChecked(trust);
  await shop.getByRole('status').evaluate((status) => (status.textContent = ''));
  await shop.getByRole('button', { name: 'Continue' }).click();
  return said(shop);
}

async function said(shop) {
  const status = shop.getByRole('status').filter({ hasText: /./ });
  await status.waitFor();
  return status.textContent();
}

test('the quickstart works as it stands', async (t) => {
  const shell = new Shell();
  t.after(() => shell.close());
  for (const heading of ['Start the service', 'Create the app', 'The page', 'The backend']) {
    for (const block of commands(heading)) await shell.paste(block);
  }
  const [look, block, unblock, stop] = commands('Try it');
  await until(() => fetch('http://localhost:3000').then((answer) => answer.ok, () => false));

  const shop = await (await browser.newContext()).newPage();
  assert.equal(await signIn(shop), 'Please enter your code.');
  assert.equal(await giveCode(shop, { trust: true }), 'Hello, anna.');
  assert.equal(await signIn(shop), 'Hello, anna. No code was needed.');
  const other = await (await browser.newContext()).newPage();
  assert.equal(await signIn(other), 'Please enter your code.');

  assert.match(await shell.paste(look), /Chrom.*device\.decided/s);
  await shell.paste(block);
  assert.equal(await signIn(shop), 'This browser is blocked.');
  await shell.paste(unblock);
  assert.equal(await signIn(shop), 'Please enter your code.');
  assert.equal(await giveCode(shop, { trust: true }), 'Hello, anna.');
  assert.equal(await signIn(shop), 'Hello, anna. No code was needed.');
  await shell.paste(stop);
});

/** Asks until the answer is yes. */
async function until(ask) {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 100));
}
