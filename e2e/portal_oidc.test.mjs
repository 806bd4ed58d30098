// An admin comes in by the provider of their house: with the roles of their groups, for as long as they are in them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { databases } from './harness/demo.mjs';
import { portalClient, startProvider } from './harness/oidc_provider.mjs';
import { startService } from './harness/oidc_service.mjs';
import { launch } from './harness/person.mjs';

const run = promisify(execFile);

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** A service whose support is in a group of the provider's. */
async function house(t, database) {
  const provider = await startProvider('http://127.0.0.1:1/');
  t.after(() => provider.close());
  const service = await startService(database, {
    SYMBOLON_ADMIN_OIDC_ISSUER: provider.issuer, SYMBOLON_ADMIN_OIDC_CLIENT_ID: portalClient.clientId,
    SYMBOLON_ADMIN_OIDC_CLIENT_SECRET: portalClient.clientSecret, SYMBOLON_ADMIN_OIDC_LABEL: 'Acme',
    SYMBOLON_ADMIN_OIDC_ROLES: JSON.stringify([{ claim: 'groups', value: 'support', role: 'operator', app: 'bank' }, { claim: 'groups', value: 'chiefs', role: 'admin' }]),
  });
  t.after(() => service.close());
  provider.admits(`${service.url}/admin/oidc/callback`);
  await service.must('POST', '/v1/apps', { id: 'bank', name: 'Bank' });
  return { provider, service };
}

/** A person's browser, at the portal's door. */
async function person(t, { service }) {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${service.url}/admin/`);
  await page.getByRole('link', { name: 'Sign in with Acme' }).click();
  return page;
}

/** Tells the provider who it is. */
async function tell(page, name) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill('any');
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function signOut(page) {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Login').waitFor();
}

for (const database of databases) {
  test(`a group opens the portal, and opens less once it is left, on ${database}`, async (t) => {
    const at = await house(t, database);
    at.provider.group('sam', 'support', 'chiefs');
    const sam = await person(t, at);
    await tell(sam, 'sam');
    const admins = sam.getByRole('navigation').getByRole('link', { name: 'Admins' });
    await admins.click();
    const card = sam.getByRole('region', { name: 'sam@bank.example' });
    await card.getByText('Admin · All apps').waitFor();
    await card.getByText(`By ${new URL(at.provider.issuer).host}`).waitFor();

    at.provider.group('sam', 'support');
    await signOut(sam);
    await sam.getByRole('link', { name: 'Sign in with Acme' }).click();
    await sam.getByRole('navigation').getByRole('link', { name: 'Users' }).waitFor();
    assert.equal(await admins.count(), 0, 'support manages no admins');

    at.provider.group('sam');
    await signOut(sam);
    await sam.getByRole('link', { name: 'Sign in with Acme' }).click();
    await sam.getByText('none of your groups opens anything here').waitFor();
    await sam.getByLabel('Login').waitFor();
  });
}

test('a person without a group is told so', async (t) => {
  const at = await house(t);
  const zoe = await person(t, at);
  await tell(zoe, 'zoe');
  await zoe.getByRole('alert').getByText('none of your groups opens anything here').waitFor();
  assert.equal((await at.service.must('GET', '/v1/admins')).items.length, 0);
});

test('an account of the service’s own is not taken over', async (t) => {
  const at = await house(t);
  await at.service.must('POST', '/v1/admins', { login: 'sam@bank.example', grants: [{ role: 'viewer' }] });
  at.provider.group('sam', 'chiefs');
  const sam = await person(t, at);
  await tell(sam, 'sam');
  await sam.getByRole('alert').getByText('another account with your login').waitFor();
});

test('before what can do harm the provider asks anew, in a window of its own', async (t) => {
  const at = await house(t, 'PostgreSQL');
  at.provider.group('sam', 'chiefs');
  const sam = await person(t, at);
  await tell(sam, 'sam');
  await sam.getByRole('navigation').getByRole('link', { name: 'Apps' }).click();
  await run('psql', [at.service.database, '-c', 'UPDATE admin_sessions SET authenticated_at = authenticated_at - 3600000000']);
  await sam.getByRole('button', { name: 'Create app' }).click();
  const dialogue = sam.getByRole('dialog').filter({ hasText: 'A new app' });
  await dialogue.getByLabel('Name').fill('Shop');
  await dialogue.getByRole('button', { name: 'Create app' }).click();
  const confirm = sam.getByRole('dialog').filter({ hasText: 'Show that it is you' });
  const opened = sam.waitForEvent('popup');
  await confirm.getByRole('button', { name: 'Go to Acme' }).click();
  await tell(await opened, 'sam');
  await sam.getByRole('dialog').getByText('shown this once only').waitFor();
  assert.equal((await at.service.must('GET', '/v1/apps')).items.filter(({ name }) => name === 'Shop').length, 1);
});
