// Security staff watch decisions as they are made, look for some, and open one, over the built binary, on both databases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const rule = { name: 'far from home', priority: 10, when: "request.country == 'US'", recommend: 'CHALLENGE', mode: 'production' };

for (const database of databases) {
  test(`a decision comes in live, is found by filters, and tells why, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    const policy = await ask(demo, 'GET', '/v1/apps/bank/policy');
    await ask(demo, 'PUT', '/v1/apps/bank/policy', { ...policy, rules: [rule] });
    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    const rows = page.getByRole('row');
    await mia.setUp();
    await mia.goTo('Decisions');
    await page.getByText('This app has asked for no decisions yet.').waitFor();
    await mia.look('decisions-none');

    await page.evaluate(() => (globalThis.neverLeft = true));
    const alice = await Customer.open(t, browser, demo, 'alice');
    await alice.comeIn({ trust: 'P30D' });
    await rows.filter({ hasText: 'alice' }).first().waitFor();
    await page.getByRole('status').filter({ hasText: 'come in' }).waitFor({ state: 'attached' });
    assert.ok(await page.evaluate(() => globalThis.neverLeft), 'it came in without a reload');

    await rows.filter({ hasText: 'alice' }).first().getByRole('link').first().focus();
    await alice.isKnownIn('London');
    await alice.pretend('San Francisco, USA');
    await page.getByRole('button', { name: /^Show \d+ new/ }).click();
    await rows.filter({ hasText: 'San Francisco' }).first().waitFor();
    await Customer.open(t, browser, demo, 'bob').then((bob) => bob.comeIn());
    await rows.filter({ hasText: 'bob' }).first().waitFor();
    await mia.look('decisions');

    await mia.find('alice');
    await page.getByLabel('Answer').selectOption('CHALLENGE');
    await mia.press('More filters');
    await page.getByLabel('Reason').selectOption({ label: 'Impossible travel' });
    await page.getByLabel('Rule').selectOption(rule.name);
    await page.getByLabel('Country').selectOption({ label: 'United States' });
    for (const look of [() => undefined, () => page.reload()]) {
      await look();
      await rows.filter({ hasText: 'bob' }).first().waitFor({ state: 'detached' });
      await rows.filter({ hasText: 'London' }).first().waitFor({ state: 'detached' });
      await rows.filter({ hasText: 'San Francisco' }).first().waitFor();
      assert.equal(new URL(page.url()).searchParams.get('reason'), 'impossible_travel');
      assert.equal(await page.getByLabel('Rule').inputValue(), rule.name);
    }
    await mia.look('decisions-filtered');

    await rows.filter({ hasText: 'San Francisco' }).first().getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'A decision' }).waitFor();
    const score = page.getByRole('region', { name: 'The score' });
    await score.getByText('impossible_travel').waitFor();
    await page.getByRole('region', { name: 'Rules that held' }).getByText(rule.name).waitFor();
    await page.getByRole('region', { name: 'Where it was' }).getByRole('img', { name: /San Francisco/ }).waitFor();
    await page.getByRole('region', { name: 'The device before and after' }).getByText('(this one)').waitFor();
    await page.getByText('explain=true').waitFor();
    await mia.look('decision');

    await page.getByRole('region', { name: 'The device', exact: true }).getByRole('link', { name: 'All decisions about this device' }).click();
    await page.getByText('One device only').waitFor();
    await rows.filter({ hasText: 'London' }).first().waitFor();
    assert.equal(await rows.filter({ hasText: 'bob' }).count(), 0);
    await page.goBack();
    await page.getByRole('region', { name: 'The device', exact: true }).getByRole('link', { name: /Chromium/ }).click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    assert.deepEqual(mia.errors, []);
  });
}

test('what is not there is said in words, and nothing is lost by leaving the live list', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.comeIn();
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Decisions');
  await page.getByRole('row').filter({ hasText: 'alice' }).first().waitFor();
  await page.getByRole('switch', { name: 'Live' }).uncheck();
  const before = await page.getByRole('row').count();
  await alice.press('Refresh');
  await page.getByRole('switch', { name: 'Live' }).check();
  await page.getByRole('row').nth(before).waitFor();
  await mia.find('nobody');
  await page.getByText('No decision matches.').waitFor();
  await mia.press('Clear filters');
  await page.getByRole('row').nth(before).waitFor();
  await mia.speak('Deutsch');
  await page.getByRole('heading', { level: 1, name: 'Entscheidungen' }).waitFor();
  await page.getByRole('row').nth(1).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Eine Entscheidung' }).waitFor();
  await mia.passes('decision-german');
  assert.deepEqual(mia.errors, []);
  await page.goto(`${demo.service}/admin/apps/bank/decisions/nothing`);
  await page.getByText('Diese Entscheidung gibt es nicht.').waitFor();
});
