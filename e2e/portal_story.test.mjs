// From an empty service to a stolen browser: an admin comes in, makes the app, and support blocks one of its devices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';
import { startShop } from './harness/shop.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const database of databases) {
  test(`an app made in the portal knows a browser, and support blocks it, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const shop = await startShop();
    t.after(shop.close);
    const mia = await Admin.open(t, browser, demo);
    const sam = await Admin.open(t, browser, demo);
    const anna = await (await browser.newContext()).newPage();
    const isTold = (text) => anna.getByRole('status').filter({ hasText: text }).waitFor();
    const signsIn = () => anna.getByRole('button', { name: 'Sign in' }).click();

    await t.test('the first admin comes in by the link and makes the app', async () => {
      await mia.setUp();
      await mia.goTo('Apps');
      await mia.confirm('Create app', { Name: 'The shop', Id: 'shop', 'Web origins': shop.origin }, { stays: true });
      shop.connect({ service: demo.service, id: 'shop', key: await mia.keep() });
    });

    await t.test('a browser registers and is trusted', async () => {
      await anna.goto(shop.origin);
      await isTold('Ready');
      await anna.getByRole('button', { name: 'Keep me signed in' }).click();
      await isTold('Registered as Chrom');
      await signsIn();
      await isTold('The shop was told TRUST');
    });

    await t.test('support, an operator of the shop alone, finds it and blocks it with a reason', async () => {
      const { invitation } = await ask(demo, 'POST', '/v1/admins', { login: 'sam', grants: [{ appId: 'shop', role: 'operator' }] });
      await sam.acceptInvitation(invitation.url);
      await sam.goTo('Devices');
      await sam.find('ann');
      await sam.page.getByRole('row').filter({ hasText: 'anna' }).waitFor();
      await sam.openDevice();
      await sam.confirm('Block', { Reason: 'left in a taxi' });
      await sam.page.getByText('Blocked', { exact: true }).first().waitFor();
    });

    await t.test('it is refused at its next request, and known again once unblocked', async () => {
      await signsIn();
      await isTold('The shop was told DENY');
      await sam.confirm('Unblock');
      await sam.page.getByText('Active', { exact: true }).waitFor();
      await signsIn();
      await isTold('The shop was told ALLOW');
    });

    await t.test('the timeline tells it all', async () => {
      await sam.page.reload();
      const told = sam.page.getByRole('region', { name: 'What happened' });
      for (const text of ['Registered', 'Trusted', 'Blocked', '“left in a taxi”', 'Unblocked']) {
        await told.getByText(text, { exact: true }).first().waitFor();
      }
      assert.deepEqual([...mia.errors, ...sam.errors], []);
    });
  });
}
