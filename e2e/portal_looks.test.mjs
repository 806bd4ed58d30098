// Each screen of the portal, light and dark, on a desktop and on a phone: axe finds nothing, and nothing is cut off.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('all screens can be used by everyone', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  for (let i = 0; i < 2; i++) await Customer.open(t, browser, demo, 'alice').then((alice) => alice.comeIn({ trust: 'P30D' }));
  const mia = await Admin.open(t, browser, demo);
  for (const show of [ways, users, devices, apps, log, admins, account, drawer, german, ended]) await show(mia);
  assert.deepEqual(mia.errors.filter((error) => !error.includes('401')), []);
});

async function ways(mia) {
  await mia.page.goto(`${mia.demo.service}/admin/`);
  await mia.page.getByLabel('Login').waitFor();
  await mia.look('sign-in');
  await mia.openSetUp();
  await mia.look('set-up');
  await mia.choosePassword();
}

async function users(mia) {
  const { page } = mia;
  await mia.goTo('Users');
  await page.getByRole('link', { name: 'alice' }).waitFor();
  await mia.look('users');
  await mia.find('nobody');
  await page.getByText('No user’s id begins like that.').waitFor();
  await mia.look('users-none');
  await mia.find('');
  await page.getByRole('link', { name: 'alice' }).click();
  await page.getByLabel('Choose all').check();
  await mia.look('user');
  await mia.press('Erase');
  await page.getByRole('dialog').getByLabel('Type alice to confirm').waitFor();
  await mia.look('user-erase');
  await page.keyboard.press('Escape');
}

async function devices(mia) {
  const { page } = mia;
  await mia.goTo('Devices');
  await page.getByRole('link', { name: /Chromium/ }).first().waitFor();
  await mia.look('devices');
  await mia.openDevice();
  await page.getByText('Registered', { exact: true }).first().waitFor();
  await mia.look('device');
  await mia.press('Block');
  await page.getByRole('dialog').getByLabel('Reason').waitFor();
  await mia.look('device-block');
  await mia.press('Cancel');
}

async function apps(mia) {
  const { page } = mia;
  const dialogue = page.getByRole('dialog');
  await mia.goTo('Apps');
  await mia.look('apps');
  await mia.press('Create app');
  await dialogue.getByLabel('Name').waitFor();
  await mia.look('app-create');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'The example bank' }).click();
  await page.getByRole('button', { name: /^Revoke/ }).first().waitFor();
  await mia.look('app');
  await mia.press('Create credential');
  await dialogue.getByLabel('Name').fill('report');
  await mia.look('credential-create');
  await dialogue.getByRole('button', { name: 'Create credential' }).click();
  await page.getByText('shown this once only').waitFor();
  await mia.look('credential-once');
  await mia.keep();
}

async function log(mia) {
  await mia.goTo('Audit log');
  await mia.page.getByRole('list', { name: 'Audit log' }).getByText('App created').waitFor();
  await mia.look('log');
}

async function admins(mia) {
  await mia.goTo('Admins');
  await mia.page.getByRole('region', { name: 'mia@bank.example' }).waitFor();
  await mia.look('admins');
  await mia.press('Invite an admin');
  await mia.page.getByRole('dialog').getByLabel('Login').waitFor();
  await mia.look('admin-create');
  await mia.page.keyboard.press('Escape');
}

async function account(mia) {
  await mia.press('Account');
  await mia.page.getByRole('menuitem', { name: 'Your account' }).click();
  await mia.page.getByText('This browser').first().waitFor();
  await mia.look('account');
}

async function drawer(mia) {
  await mia.page.setViewportSize({ width: 390, height: 844 });
  await mia.press('Menu');
  await mia.page.getByRole('link', { name: 'Devices' }).waitFor();
  await mia.passes('drawer');
  await mia.page.keyboard.press('Escape');
  await mia.page.getByRole('link', { name: 'Devices' }).waitFor({ state: 'detached' });
}

async function german(mia) {
  await mia.speak('Deutsch');
  await mia.page.getByRole('heading', { name: 'Wo dieses Konto angemeldet ist' }).waitFor();
  assert.equal(await mia.page.locator('html').getAttribute('lang'), 'de');
  await mia.passes('german');
}

async function ended(mia) {
  const { page } = mia;
  await mia.speak('English');
  await page.context().clearCookies();
  await mia.goTo('Devices');
  await page.getByText('Your session has ended').waitFor();
  await mia.look('session-ended');
}
