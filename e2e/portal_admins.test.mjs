// The first admin invites another, who may only read, keeps them out again, and looks after their own sessions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('a viewer comes in by invitation, is refused every write, and is kept out again', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.comeIn();
  const mia = await Admin.open(t, browser, demo);
  await mia.setUp();
  await mia.goTo('Admins');
  await mia.press('Invite an admin');
  const dialogue = mia.page.getByRole('dialog');
  await dialogue.getByLabel('Login').fill('vic@bank.example');
  await dialogue.getByLabel('App', { exact: true }).selectOption({ label: 'The example bank' });
  await dialogue.getByRole('button', { name: 'Invite an admin' }).click();
  const link = await mia.keep();

  const vic = await Admin.open(t, browser, demo);
  await vic.acceptInvitation(link);
  await vic.goTo('Devices');
  await vic.openDevice();
  for (const name of ['Block', 'Remove', 'Rename']) assert.equal(await vic.page.getByRole('button', { name, exact: true }).count(), 0);
  assert.equal(await vic.page.getByRole('link', { name: 'Admins' }).count(), 0);
  const id = vic.page.url().split('/').at(-1);
  const refused = await vic.page.evaluate(refusals, [
    ['POST', `/v1/apps/bank/devices/${id}/block`, { reason: 'no' }], ['DELETE', `/v1/apps/bank/devices/${id}`], ['DELETE', '/v1/apps/bank/users/alice'],
    ['POST', '/v1/apps', { name: 'no' }], ['POST', '/v1/apps/bank/credentials', { name: 'no', role: 'viewer' }], ['GET', '/v1/admins'],
  ]);
  assert.deepEqual([...new Set(refused)], [403]);

  const card = mia.page.getByRole('region', { name: 'vic@bank.example' });
  await card.getByText('Viewer · The example bank').waitFor();
  await card.getByRole('button', { name: 'Keep out' }).click();
  await dialogue.getByRole('button', { name: 'Keep out' }).click();
  await card.getByText('Kept out').waitFor();
  await vic.page.reload();
  await vic.page.getByLabel('Login').waitFor();
  await card.getByRole('button', { name: 'Remove' }).click();
  await dialogue.getByRole('button', { name: 'Remove' }).click();
  await card.waitFor({ state: 'detached' });
  assert.deepEqual(mia.errors, []);
});

/** What the page's own session gets from the API behind it. */
async function refusals(calls) {
  const statuses = [];
  for (const [method, path, body] of calls) {
    const headers = { 'Content-Type': 'application/json' };
    statuses.push((await fetch(path, { method, ...(body && { body: JSON.stringify(body), headers }) })).status);
  }
  return statuses;
}

test('an admin ends a session of their own elsewhere', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const there = await Admin.open(t, browser, demo);
  await there.setUp();
  const here = await Admin.open(t, browser, demo);
  await here.comeIn();
  await here.press('Account');
  await here.page.getByRole('menuitem', { name: 'Your account' }).click();
  const sessions = here.page.getByRole('listitem');
  await sessions.nth(1).waitFor();
  await sessions.filter({ hasNotText: 'This browser' }).getByRole('button', { name: 'End' }).click();
  await sessions.nth(1).waitFor({ state: 'detached' });
  await there.page.reload();
  await there.page.getByLabel('Login').waitFor();
});
