// The admins' own browsers are devices too: of the app admin, which may demand a known one before the portal opens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** The devices of the app admin, once there are as many. */
async function devicesOf({ demo }, many) {
  for (;;) {
    const { items } = await ask(demo, 'GET', '/v1/apps/admin/devices');
    if (items.length === many) return items;
  }
}

/** Another admin, who is in by an invitation that the API made. */
async function invite(t, demo, login, grants) {
  const { invitation } = await ask(demo, 'POST', '/v1/admins', { login, grants });
  const admin = await Admin.open(t, browser, demo);
  await admin.page.goto(invitation.url);
  await admin.givePassword();
  await admin.page.getByRole('button', { name: 'Go on' }).click();
  return admin;
}

for (const database of databases) {
  test(`${database}: a new browser waits until another admin approves it, and a block ends what it opened`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const mia = await Admin.open(t, browser, demo);
    await mia.setUp();
    const [own] = await devicesOf(mia, 1);
    assert.equal(own.status, 'active');
    await mia.page.goto(`${demo.service}/admin/account`);
    await mia.page.getByText(`This browser: ${own.deviceName}, known since`).waitFor();

    await mia.page.goto(`${demo.service}/admin/apps`);
    await mia.page.getByRole('link', { name: 'Symbolon portal' }).click();
    await mia.page.getByText('The users of this app are the admins').waitFor();
    await mia.look('app-admin');

    const policy = { registration: { approval: 'admin' }, actions: { portal: { require: 'known' } } };
    await ask(demo, 'PUT', '/v1/apps/admin/policy', policy);
    const noa = await invite(t, demo, 'noa@bank.example', [{ role: 'admin' }]);
    await noa.page.getByText(/waits for the approval of another admin/).waitFor();
    assert.equal(await noa.page.getByRole('button', { name: 'Account' }).count(), 0);
    assert.equal(await noa.page.evaluate(async () => (await fetch('/v1/apps')).status), 403);
    await noa.look('device-required');

    const waiting = (await devicesOf(mia, 2)).find(({ status }) => status === 'pending');
    await mia.page.goto(`${demo.service}/admin/apps/admin/devices/${waiting.deviceId}`);
    await mia.confirm('Approve');
    await noa.press('Look again');
    await noa.page.getByRole('button', { name: 'Account' }).waitFor();

    await mia.page.reload();
    await mia.confirm('Block', { Reason: 'left in a train' });
    await noa.page.reload();
    await noa.page.getByLabel('Login').waitFor();
    await noa.signIn('noa@bank.example');
    await noa.page.getByText('This browser was blocked.').waitFor();
    assert.equal(await noa.page.evaluate(async () => (await fetch('/v1/apps')).status), 401);
    assert.deepEqual(mia.errors, []);
  });
}

test('who has a role on one app never sees the app admin', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const mia = await Admin.open(t, browser, demo);
  await mia.setUp();
  await devicesOf(mia, 1);
  const olu = await invite(t, demo, 'olu@bank.example', [{ appId: 'bank', role: 'operator' }]);
  await olu.goTo('Apps');
  await olu.page.getByRole('link', { name: 'The example bank' }).waitFor();
  assert.equal(await olu.page.getByRole('link', { name: 'Symbolon portal' }).count(), 0);
  const statuses = ['/v1/apps/admin', '/v1/apps/admin/devices', '/v1/apps/admin/policy', '/v1/status'];
  assert.deepEqual(await olu.page.evaluate((paths) => Promise.all(paths.map(async (path) => (await fetch(path)).status)), statuses), [403, 403, 403, 403]);
  await devicesOf(mia, 2); // olu's browser is one all the same
});
