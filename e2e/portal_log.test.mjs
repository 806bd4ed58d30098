// The audit log: found by what and who, read back to its beginning, opened to what changed, and held against its chain, on both databases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** Changes of the app and one of its policy: more than a page of the log. */
async function manyChanges(demo) {
  for (let i = 1; i <= 60; i++) await ask(demo, 'PATCH', '/v1/apps/bank', { name: `The bank, renamed ${i} times` });
  const policy = await ask(demo, 'GET', '/v1/apps/bank/policy');
  await ask(demo, 'PUT', '/v1/apps/bank/policy', { ...policy, limits: { devices: 7 } });
}

for (const database of databases) {
  test(`an auditor reads back to what changed, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    await manyChanges(demo);
    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    const entries = page.getByRole('list', { name: 'Audit log' }).getByRole('listitem');
    await mia.setUp();
    await mia.goTo('Audit log');
    await entries.filter({ hasText: 'Policy changed' }).first().waitFor();
    await page.getByLabel('Apps and credentials').check();
    await entries.filter({ hasText: 'Policy changed' }).first().waitFor({ state: 'detached' });
    await entries.filter({ hasText: 'renamed 60 times' }).waitFor();
    assert.equal(await entries.filter({ hasText: 'renamed 5 times' }).count(), 0, 'it begins with the latest');
    await mia.press('Show more');
    await entries.filter({ hasText: 'renamed 1 times' }).waitFor();
    await entries.filter({ hasText: 'App created' }).waitFor();

    await page.getByLabel('Apps and credentials').uncheck();
    await page.getByLabel('Policy and incidents').check();
    await page.reload();
    await entries.filter({ hasText: 'Policy changed' }).first().waitFor();
    assert.equal(await entries.filter({ hasText: 'renamed' }).count(), 0);
    await entries.first().getByRole('button', { name: 'Details' }).click();
    const change = entries.first().getByRole('row').filter({ hasText: 'limits.devices' });
    assert.match(await change.innerText(), /7$/);
    await mia.look('log-details');

    await mia.press('Check that it is intact');
    await page.getByText(/^Intact: all \d+ events/).waitFor();
    await page.getByText('The service', { exact: true }).click();
    await entries.filter({ hasText: 'mia@bank.example' }).first().waitFor();
    await page.getByLabel('Done by').selectOption('system');
    await page.getByText('No event matches.').waitFor();
    await mia.look('log-none');
    assert.deepEqual(mia.errors, []);
  });
}
