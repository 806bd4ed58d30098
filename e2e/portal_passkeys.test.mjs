// An admin comes in by a passkey: made at set-up or later, shown at the sign-in and before what can do harm.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

const run = promisify(execFile);

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** The same demo, under the name that passkeys need. */
function named(demo) {
  return { ...demo, service: demo.service.replace('127.0.0.1', 'localhost') };
}

/** Gives the admin's browser an authenticator, such as a laptop's lock. */
async function lock(admin) {
  const devtools = await admin.page.context().newCDPSession(admin.page);
  await devtools.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    refuse: () => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
    accept: () => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true }),
  };
}

async function ownAccount(admin) {
  await admin.press('Account');
  await admin.page.getByRole('menuitem', { name: 'Your account' }).click();
  await admin.page.getByRole('region', { name: 'Passkeys' }).waitFor();
}

async function signOut(admin) {
  await admin.press('Account');
  await admin.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await admin.page.getByLabel('Login').waitFor();
}

for (const database of databases) {
  test(`the first admin comes in without a password, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const mia = await Admin.open(t, browser, named(demo));
    await lock(mia);
    const { page } = mia;
    const { url } = await ask(demo, 'POST', '/v1/admin/setup-link');
    await page.goto(url.replace('127.0.0.1', 'localhost'));
    await page.getByLabel('Login').fill('mia@bank.example');
    await mia.press('Use a passkey instead of a password');
    await page.getByRole('button', { name: 'Account' }).waitFor();
    await signOut(mia);
    await mia.press('Sign in with a passkey');
    await page.getByRole('button', { name: 'Account' }).waitFor();

    await ownAccount(mia);
    const passkeys = page.getByRole('region', { name: 'Passkeys' });
    await passkeys.getByText('First passkey').waitFor();
    await mia.confirm('Remove: First passkey', {}, { stays: true, verb: 'Remove' });
    await page.getByRole('dialog').getByText('your last way in').waitFor();
    assert.deepEqual(mia.errors.filter((error) => !/40[19]/.test(error)), [], 'but for the questions that are refused');
  });
}

test('a passkey is added, renamed, shown and removed', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const mia = await Admin.open(t, browser, named(demo));
  const { page } = mia;
  const key = await lock(mia);
  const { url } = await ask(demo, 'POST', '/v1/admin/setup-link');
  await page.goto(url.replace('127.0.0.1', 'localhost'));
  await page.getByLabel('Login').fill('mia@bank.example');
  await mia.choosePassword();
  await ownAccount(mia);
  await mia.confirm('Add a passkey', { Name: 'Laptop' });
  const passkeys = page.getByRole('region', { name: 'Passkeys' });
  await passkeys.getByText('Laptop').waitFor();
  await mia.confirm('Add a passkey', { Name: 'Again' }, { stays: true });
  await page.getByRole('dialog').getByText('has a passkey of this account already').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await mia.confirm('Rename: Laptop', { Name: 'Work laptop' }, { verb: 'Rename' });
  await passkeys.getByText('Work laptop').waitFor();
  await mia.look('account');
  await mia.speak('Deutsch');
  await page.getByRole('button', { name: 'Passkey hinzufügen' }).waitFor();
  await page.getByRole('button', { name: 'Konto' }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();

  await signOut(mia);
  await key.refuse();
  await mia.press('Sign in with a passkey');
  await page.getByText('No passkey was shown').waitFor();
  await key.accept();
  await mia.look('sign-in');
  await mia.press('Sign in with a passkey');
  await page.getByRole('button', { name: 'Account' }).waitFor();
  await ownAccount(mia);
  await mia.confirm('Remove: Work laptop', {}, { verb: 'Remove' });
  await passkeys.getByText('A passkey lets you in').waitFor();
});

test('a passkey shows that it is them before what can do harm', async (t) => {
  const demo = await startDemo('PostgreSQL');
  t.after(demo.close);
  const mia = await Admin.open(t, browser, named(demo));
  const { page } = mia;
  await lock(mia);
  const { url } = await ask(demo, 'POST', '/v1/admin/setup-link');
  await page.goto(url.replace('127.0.0.1', 'localhost'));
  await page.getByLabel('Login').fill('mia@bank.example');
  await mia.press('Use a passkey instead of a password');
  await page.getByRole('button', { name: 'Account' }).waitFor();
  await run('psql', [demo.postgres.url, '-c', 'UPDATE admin_sessions SET authenticated_at = authenticated_at - 3600000000']);
  await mia.goTo('Apps');
  await mia.confirm('Create app', { Name: 'Shop' }, { stays: true });
  const confirm = page.getByRole('dialog').filter({ hasText: 'Show that it is you' });
  await confirm.getByRole('button', { name: 'Use a passkey' }).waitFor();
  assert.equal(await confirm.getByLabel('Password').count(), 0, 'the account has none');
  await mia.passes('confirm-passkey');
  await confirm.getByRole('button', { name: 'Use a passkey' }).click();
  await mia.keep();
  await page.getByRole('main').getByText('Shop').first().waitFor();
});

test('under an address the portal says where passkeys work', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const mia = await Admin.open(t, browser, demo);
  await mia.setUp();
  await ownAccount(mia);
  await mia.page.getByText(`Passkeys work where the portal is opened at ${named(demo).service}`).waitFor();
  assert.equal(await mia.page.getByRole('button', { name: 'Add a passkey' }).count(), 0);
});
