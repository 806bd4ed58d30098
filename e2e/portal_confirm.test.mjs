// What can do harm wants the password again once some time has passed, and does nothing without it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Customer } from './harness/bank.mjs';
import { startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

const run = promisify(execFile);

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('an erasure an hour after the sign-in asks for the password first', async (t) => {
  const demo = await startDemo('PostgreSQL');
  t.after(demo.close);
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.comeIn();
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Users');
  await page.getByRole('link', { name: 'alice' }).click();
  await mia.press('Erase');
  const dialogue = page.getByRole('dialog').filter({ hasText: 'Erase all' });
  await dialogue.getByLabel('Type alice to confirm').fill('alice');
  await run('psql', [demo.postgres.url, '-c', 'UPDATE admin_sessions SET authenticated_at = authenticated_at - 3600000000']);

  await dialogue.getByRole('button', { name: 'Erase' }).click();
  const confirm = page.getByRole('dialog').filter({ hasText: 'Show that it is you' });
  await confirm.getByRole('button', { name: 'Close' }).click();
  await dialogue.getByText('It was not done').waitFor();
  assert.equal((await ask(demo, 'GET', '/v1/apps/bank/devices?user=alice')).items.length, 1);

  await dialogue.getByRole('button', { name: 'Erase' }).click();
  await confirm.getByLabel('Password').first().waitFor();
  await mia.passes('confirm');
  await confirm.getByLabel('Password').first().fill('not the right password');
  await confirm.getByRole('button', { name: 'Go on' }).click();
  await confirm.getByRole('alert').waitFor();
  await mia.givePassword(confirm);
  await confirm.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  assert.equal((await ask(demo, 'GET', '/v1/apps/bank/devices?user=alice')).items.length, 0);
});
