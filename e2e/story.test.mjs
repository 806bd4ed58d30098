// The story that Symbolon exists for, in a real browser, over the built binary, on both databases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { launch } from './harness/person.mjs';
import { databases, startDemo } from './harness/demo.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`a customer's browser is known, trusted, blocked and known again, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const alice = await Customer.open(t, browser, demo, 'alice');
    const desk = await openDesk(t, demo);

    await t.test('password and code open the accounts, and the browser becomes a device', async () => {
      await alice.givePassword();
      await alice.giveCode({ trust: 'P30D' });
      await alice.seesAccounts();
      await alice.isTold(/^This browser is now one of your devices: Chrom/);
      await desk.show('alice');
      await desk.device(0).getByText('known').waitFor();
      await desk.device(0).getByText(/^trusted until/).waitFor();
    });

    await t.test('its key can sign and can not leave', async () => {
      const tries = await alice.page.evaluate(tryToExport);
      assert.deepEqual(tries.refused, ['jwk InvalidAccessError', 'pkcs8 InvalidAccessError', 'raw InvalidAccessError']);
      assert.deepEqual(tries.usages, ['sign']);
    });

    await t.test('the next sign-in asks for no code', async () => {
      await alice.signOut();
      await alice.givePassword();
      await alice.seesAccounts();
      await alice.lines().filter({ hasText: 'says TRUST to the sign-in' }).first().waitFor();
    });

    await t.test('another browser with the same password is asked for one', async (t) => {
      const other = await Customer.open(t, browser, demo, 'alice');
      await other.givePassword();
      await other.sees('Enter your code');
    });

    await t.test('support blocks the first, and its next request is refused at once', async () => {
      await desk.press('Block');
      await desk.device(0).getByText('blocked', { exact: true }).waitFor();
      await alice.press('Refresh');
      await alice.sees('Sign in');
      await alice.isTold('This browser is blocked. Please call the bank.');
      await alice.givePassword();
      await alice.isTold('This browser is blocked. Please call the bank.');
    });

    await t.test('registering the same key again does not help', async () => {
      const ticket = await ticketWithoutShowingTheKey(alice);
      assert.equal(await register(alice.page, demo, ticket), '403 device_blocked');
      await alice.page.reload();
      await alice.sees('Sign in');
      await alice.isTold('This browser is blocked. Please call the bank.');
    });

    await t.test('unblocked it is known, but no longer trusted', async () => {
      await desk.press('Unblock');
      await desk.device(0).getByText('known').waitFor();
      assert.equal(await desk.device(0).getByText(/^trusted/).count(), 0);
      await alice.givePassword();
      await alice.giveCode();
      await alice.seesAccounts();
      await alice.goTo('Devices');
      await alice.sees('Your devices');
      assert.equal(await alice.app.locator('.device').count(), 1, 'it is the same device as before');
      await alice.app.getByText('this browser', { exact: true }).waitFor();
    });
  });
}

async function openDesk(t, demo) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${demo.bank}/staff`);
  const device = (index) => page.locator('.device').nth(index);
  return {
    device,
    async show(user) {
      await page.getByLabel('Customer').fill(user);
      await page.getByRole('button', { name: 'Show devices' }).click();
    },
    press: (name) => device(0).getByRole('button', { name: `${name}:` }).click(),
  };
}

/** Runs in the page: what the browser's own store of the key gives away. */
async function tryToExport() {
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const [{ name }] = await indexedDB.databases();
  const database = await settled(indexedDB.open(name));
  const { privateKey } = await settled(database.transaction('device').objectStore('device').get('key'));
  database.close();
  const refused = [];
  for (const format of ['jwk', 'pkcs8', 'raw']) {
    await crypto.subtle.exportKey(format, privateKey).catch((error) => refused.push(`${format} ${error.name}`));
  }
  return { refused, usages: privateKey.usages };
}

/** Whoever holds password and phone obtains a ticket by not showing the key at all. */
async function ticketWithoutShowingTheKey(customer) {
  const code = await customer.nextCode();
  return customer.page.evaluate(async (code) => {
    const post = async (path, body) => {
      const headers = { 'Content-Type': 'application/json' };
      return (await fetch(`/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };
    await post('sign-in/password', { user: 'alice', password: 'open-sesame' });
    return (await post('sign-in/code', { code })).answer.ticket;
  }, code);
}

/** Registers the key that the browser holds, by hand: the SDK's protocol, without the SDK. Gives status and code. */
function register(page, { service }, ticket) {
  return page.evaluate(
    async ([service, ticket]) => {
      const settled = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const [{ name }] = await indexedDB.databases();
      const database = await settled(indexedDB.open(name));
      const key = await settled(database.transaction('device').objectStore('device').get('key'));
      database.close();
      const { app } = (await (await fetch('/api/settings')).json()).answer;
      const post = (path, body, bearer) => {
        const headers = { 'Content-Type': 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }) };
        return fetch(`${service}/v1/apps/${app}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      };
      const { challenge } = await (await post('challenges', { purpose: 'register' })).json();
      const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const part = (value) => base64url(new TextEncoder().encode(JSON.stringify(value)));
      const header = part({ typ: 'symbolon-proof+jwt', alg: 'ES256', jwk: key.publicKey });
      const input = `${header}.${part({ aud: app, challenge, purpose: 'register', sub: 'alice' })}`;
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, new TextEncoder().encode(input));
      const answer = await post('devices', { proof: `${input}.${base64url(signature)}`, platform: 'web' }, ticket);
      return `${answer.status} ${(await answer.json()).code}`;
    },
    [service, ticket],
  );
}
