// An admin adds an app, gives its backend another key and takes it back; the audit log tells who did it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin } from './harness/portal.mjs';

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
