// Support finds a customer's stolen browser and blocks it, in the portal, over the built binary, on both databases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
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
    await alice.givePassword();
    await alice.giveCode({ trust: 'P30D' });
    await alice.seesAccounts();

    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    await mia.setUp();
    await mia.find('ali');
    const row = page.getByRole('row').filter({ hasText: 'alice' });
    await row.getByText('Trusted').waitFor();
    await row.getByRole('link').click();
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
  await alice.givePassword();
  await alice.giveCode();
  await alice.seesAccounts();
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await page.getByRole('row').filter({ hasText: 'alice' }).getByRole('link').click();
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

const looks = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

const sizeOf = () => ({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth });

for (const options of looks) {
  test(`axe finds nothing in the portal in ${options.colorScheme}, ${options.viewport.width} pixels wide`, async (t) => {
    const demo = await startDemo();
    t.after(demo.close);
    const alice = await Customer.open(t, browser, demo, 'alice');
    await alice.givePassword();
    await alice.giveCode({ trust: 'P30D' });
    await alice.seesAccounts();
    const mia = await Admin.open(t, browser, demo, options);
    const { page } = mia;
    const look = async (name) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
      assert.deepEqual(found, [], name);
      const { scrollWidth, clientWidth } = await page.evaluate(sizeOf);
      assert.ok(scrollWidth <= clientWidth, `${name} is wider than the screen`);
      if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/portal-${name}-${options.colorScheme}.png`, fullPage: true });
    };
    await page.goto(`${demo.service}/admin/`);
    await page.getByLabel('Login').waitFor();
    await look('sign-in');
    await mia.setUp();
    await page.getByRole('row').filter({ hasText: 'alice' }).waitFor();
    await look('devices');
    await page.getByRole('row').filter({ hasText: 'alice' }).getByRole('link').click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.getByText('Registered', { exact: true }).first().waitFor();
    await look('device');
    await mia.press('Block');
    await page.getByRole('dialog').getByLabel('Reason').waitFor();
    await look('block');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Was geschah' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  });
}
