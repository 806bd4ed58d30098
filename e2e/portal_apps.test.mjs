// An admin adds an app, gives its backend another key and takes it back; the audit log tells who did it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, looks } from './harness/portal.mjs';

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
  for (const text of ['App created', 'App changed', 'Credential created', 'Credential revoked']) await page.getByText(text, { exact: true }).first().waitFor();
  await page.getByText(/by an admin \(adm_/).first().waitFor();
  await mia.find('nightly');
  await page.getByText('App created', { exact: true }).waitFor({ state: 'hidden' });
  assert.deepEqual(mia.errors.filter((error) => !error.includes('400')), []);
});

test('axe finds nothing among apps and in the log', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  for (const [i, options] of looks.entries()) {
    const mia = await Admin.open(t, browser, demo, options);
    const { page } = mia;
    await (i === 0 ? mia.setUp() : mia.comeIn());
    await mia.goTo('Apps');
    await page.getByRole('link', { name: 'The example bank' }).waitFor();
    await mia.look('apps');
    await mia.press('Create app');
    await page.getByRole('dialog').getByLabel('Name').waitFor();
    await mia.look('app-create');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'The example bank' }).click();
    await page.getByRole('button', { name: /^Revoke/ }).first().waitFor();
    await mia.look('app');
    await mia.press('Create credential');
    await page.getByRole('dialog').getByLabel('Name').fill('report');
    await mia.look('credential-create');
    await page.getByRole('dialog').getByRole('button', { name: 'Create credential' }).click();
    await page.getByText('shown this once only').waitFor();
    await mia.look('credential-once');
    await mia.keep();
    await mia.goTo('Audit log');
    await page.getByText('App created', { exact: true }).waitFor();
    await mia.look('log');
  }
});
