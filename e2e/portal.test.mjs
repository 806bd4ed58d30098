// Support finds a customer's stolen browser and blocks it, in the portal, over the built binary, on both databases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`support blocks a stolen browser, and the timeline tells it all, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const alice = await Customer.open(t, browser, demo, 'alice');
    await alice.comeIn({ trust: 'P30D' });

    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    await mia.setUp();
    await mia.goTo('Devices');
    await mia.find('ali');
    const row = page.getByRole('row').filter({ hasText: 'alice' });
    await row.getByText('Trusted').waitFor();
    await mia.openDevice();
    await mia.confirm('Block', { Reason: 'stolen on the train' });
    await page.getByText('Blocked', { exact: true }).first().waitFor();

    await alice.press('Refresh');
    await alice.isTold('This browser is blocked. Please call the bank.');

    await mia.confirm('Unblock');
    await page.getByText('Active', { exact: true }).waitFor();
    const told = page.getByRole('region', { name: 'What happened' });
    for (const text of ['Registered', 'Trusted', 'Blocked', '“stolen on the train”', 'Unblocked']) {
      await told.getByText(text, { exact: true }).first().waitFor();
    }
    assert.deepEqual(mia.errors, []);
  });
}

test('a session that ends in the middle is renewed in place', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.comeIn();
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Devices');
  await mia.openDevice();
  await mia.press('Block');
  const dialogue = page.getByRole('dialog').filter({ hasText: 'Block this device?' });
  await dialogue.getByLabel('Reason').fill('typed before it ended');
  await page.context().clearCookies();
  await dialogue.getByRole('button', { name: 'Block' }).click();
  await page.getByText('Your session has ended').waitFor();
  assert.ok(!(await page.getByLabel('Login').isEditable()), 'it is renewed for the same person only');
  await mia.signIn();
  await page.getByText('Your session has ended').waitFor({ state: 'hidden' });
  assert.equal(await dialogue.getByLabel('Reason').inputValue(), 'typed before it ended');
  await dialogue.getByRole('button', { name: 'Block' }).click();
  await page.getByText('Blocked', { exact: true }).first().waitFor();
});

test('who signs in over another admin’s page begins anew', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await page.goto(`${demo.service}/admin/apps/bank/policy?part=limits`);
  const limit = page.getByRole('textbox', { name: 'Devices of a user' });
  const before = await limit.inputValue();
  await limit.fill('7');
  await page.getByText('1 unsaved change').waitFor();
  await page.reload();
  await page.getByText('1 unsaved change').waitFor();

  const { invitation } = await ask(demo, 'POST', '/v1/admins', { login: 'noa@bank.example', grants: [{ role: 'admin' }] });
  const noa = new Admin(await page.context().newPage(), demo);
  await noa.acceptInvitation(invitation.url);
  const loaded = page.waitForEvent('load');
  await page.evaluate(() => dispatchEvent(new Event('visibilitychange'))); // as where one comes back to this window
  await loaded;
  await limit.waitFor();
  assert.equal(await limit.inputValue(), before);
  assert.equal(await page.evaluate(() => Object.keys(sessionStorage).length), 0);

  await limit.fill('8');
  await page.getByText('1 unsaved change').waitFor();
  await mia.press('Account');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Login').waitFor();
  assert.equal(await page.evaluate(() => Object.keys(sessionStorage).length), 0);
});

test('what breaks is said in its place, and the rest goes on', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await page.goto(`${demo.service}/admin/apps/bank/users/%E0`);
  await page.getByText('has no device').waitFor();

  await page.route('**/admin/assets/*.js', (route) => route.abort()); // the parts of a version that is gone
  await page.getByRole('navigation').getByRole('link', { name: 'Audit log' }).click();
  await page.getByRole('alert').getByText('upgraded meanwhile').waitFor();
  await page.unroute('**/admin/assets/*.js');
  await mia.press('Load the page again');
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();

  let asked = 0;
  await page.route('**/events/verify*', (route) => (asked++ === 0 ? route.fulfill({ status: 401, json: { code: 'unauthenticated' } }) : route.continue()));
  await mia.press('Check that it is intact');
  await page.getByRole('alert').waitFor();
  await mia.press('Try again');
  await page.getByText(/Intact/).waitFor();
});
