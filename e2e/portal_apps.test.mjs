// An admin adds an app, gives its backend another key and takes it back; the audit log tells who did it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { startDemo } from './harness/demo.mjs';
import { startProvider } from './harness/oidc_provider.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

const run = promisify(execFile);

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const shop = '/v1/apps/shop/devices';

/** The status that a credential gets. */
async function statusFor(demo, key, path = shop) {
  const answer = await fetch(demo.service + path, { headers: { Authorization: `Bearer ${key}` } });
  return answer.status;
}

test('an app is created, changed and given credentials, each shown once', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  const dialogue = page.getByRole('dialog');
  await mia.setUp();
  await mia.goTo('Apps');
  await mia.confirm('Create app', { Name: 'The shop', Id: 'shop', 'Web origins': 'https://shop.example\nhttps://m.shop.example' }, { stays: true });
  assert.equal(await statusFor(demo, await mia.keep()), 200);

  await page.getByRole('heading', { level: 1, name: 'The shop' }).waitFor();
  await page.getByLabel('Web origins').fill('https://shop.example/path');
  await mia.press('Save');
  await page.getByRole('alert').getByText(/must be web origins/).waitFor();
  await page.getByLabel('Web origins').fill('https://shop.example');
  await mia.press('Save');
  await page.getByRole('alert').waitFor({ state: 'detached' });

  await mia.press('Create credential');
  await dialogue.getByLabel('Name').fill('nightly report');
  for (const name of ['change devices', 'ask for decisions', 'issue tickets']) await dialogue.getByLabel(name).uncheck();
  await dialogue.getByRole('button', { name: 'Create credential' }).click();
  const key = await mia.keep();
  assert.equal(await statusFor(demo, key), 200);
  assert.equal(await statusFor(demo, key, '/v1/apps/shop/events'), 403);
  await mia.press('Revoke: nightly report');
  await dialogue.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
  assert.equal(await statusFor(demo, key), 401);

  await mia.goTo('Audit log');
  const log = page.getByRole('list', { name: 'Audit log' });
  for (const text of ['App created', 'App changed', 'Credential created', 'Credential revoked']) await log.getByText(text, { exact: true }).first().waitFor();
  await log.getByText(/by an admin \(mia@bank\.example\)/).first().waitFor();
  await mia.find('nightly');
  await log.getByText('App created', { exact: true }).waitFor({ state: 'detached' });
  assert.deepEqual(mia.errors.filter((error) => !error.includes('400')), []);
});

test('an issuer is added on the page, and its tokens say who a user is', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const provider = await startProvider('http://127.0.0.1:1/');
  t.after(() => provider.close());
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  const dialogue = page.getByRole('dialog');
  await mia.setUp();
  await ask(demo, 'POST', '/v1/apps', { id: 'shop', name: 'The shop', origins: ['https://shop.example'] });
  await page.goto(`${demo.service}/admin/apps/shop`);

  await mia.press('Add issuer');
  const fields = { Issuer: provider.issuer, Audiences: 'shop', 'Clock leeway': 'an hour' };
  for (const [label, value] of Object.entries(fields)) await dialogue.getByLabel(label).fill(value);
  await dialogue.getByLabel('Ask it about opaque tokens').check();
  await dialogue.getByLabel('Client id').fill('symbolon');
  await dialogue.getByLabel('Client secret').fill('hush');
  await dialogue.getByRole('button', { name: 'Save issuer' }).click();
  await dialogue.getByRole('alert').waitFor();
  await mia.look('issuer');
  await dialogue.getByLabel('Clock leeway').fill('PT1M');
  await dialogue.getByRole('button', { name: 'Save issuer' }).click();
  await page.getByRole('region', { name: 'OIDC issuers' }).getByText(provider.issuer).waitFor();
  await mia.press(`Edit: ${provider.issuer}`);
  await dialogue.getByLabel('Claims that a token must have').fill('email');
  assert.equal(await dialogue.getByLabel('Client secret').inputValue(), '');
  await dialogue.getByRole('button', { name: 'Save issuer' }).click();
  await dialogue.waitFor({ state: 'hidden' });
  const [kept] = (await ask(demo, 'GET', '/v1/apps/shop')).issuers;
  assert.deepEqual(kept, {
    issuer: provider.issuer, audiences: ['shop'], leeway: 'PT1M', require: { email: [] }, introspection: { clientId: 'symbolon' },
  });

  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Half typed');
  await mia.press(`Edit: ${provider.issuer}`);
  await dialogue.getByLabel('Clock leeway').fill('PT2M');
  await ask(demo, 'PATCH', '/v1/apps/shop', { origins: ['https://new.example'] });
  await dialogue.getByRole('button', { name: 'Save issuer' }).click();
  await dialogue.getByText('Somebody else changed this app').waitFor();
  await dialogue.getByRole('button', { name: 'Cancel' }).click();
  const newer = page.getByRole('alert').filter({ hasText: 'https://new.example' });
  assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'Half typed');
  await newer.getByRole('button', { name: 'Keep what is typed' }).click();
  await mia.press('Save');
  await page.getByRole('heading', { level: 1, name: 'Half typed' }).waitFor();

  const mine = (token) => fetch(`${demo.service}/v1/apps/shop/me/devices`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await mine(provider.mint({ claims: { email: 'anna@shop.example' } }))).status, 200);
  assert.equal((await mine(provider.mint())).status, 401);
});

test('what is to be pasted names the app, and a credential of the page does what it says', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await ask(demo, 'POST', '/v1/apps', { id: 'shop', name: 'The shop', origins: ['https://shop.example'] });
  await page.goto(`${demo.service}/admin/apps/shop`);
  const snippets = page.getByRole('region', { name: 'To paste' });
  await snippets.getByText(`createSymbolon({ baseUrl: '${demo.service}', app: 'shop' })`).first().waitFor();
  await snippets.getByText('https://shop.example').waitFor();
  await mia.look('app');

  await snippets.getByText('Proxy', { exact: true }).click();
  await snippets.getByText('/forward-auth?app=shop&require=known').waitFor();
  await snippets.getByText('Backend', { exact: true }).click();
  const command = await snippets.locator('pre').first().textContent();
  await mia.press('Create credential');
  await page.getByRole('dialog').getByLabel('Name').fill('sign-in');
  await page.getByRole('dialog').getByRole('button', { name: 'Create credential' }).click();
  const key = await mia.keep();
  const { stdout } = await run('sh', ['-c', command], { env: { ...process.env, SYMBOLON_KEY: key, PROOF: '' } });
  assert.equal(JSON.parse(stdout).recommendation, 'CHALLENGE');
  await page.reload();
  const listed = page.getByRole('region', { name: 'Credentials' });
  await listed.getByText('last used', { exact: false }).waitFor();

  await mia.confirm('Remove app', { 'Type shop to confirm': 'shop' });
  await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'The shop' }).count(), 0);
});
