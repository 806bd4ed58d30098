// Support finds a customer's stolen browser and blocks it, in the portal, over the built binary, on both databases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin } from './harness/portal.mjs';

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
  await mia.signIn();
  await page.getByText('Your session has ended').waitFor({ state: 'hidden' });
  assert.equal(await dialogue.getByLabel('Reason').inputValue(), 'typed before it ended');
  await dialogue.getByRole('button', { name: 'Block' }).click();
  await page.getByText('Blocked', { exact: true }).first().waitFor();
});
