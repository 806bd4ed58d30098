// Support reads a device from top to bottom: what it is, what happened to it, who else uses it, over the built binary, on both databases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { databases, startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const properties = [
  'deviceId', 'userId', 'deviceName', 'deviceType', 'deviceFingerprint', 'userAgent', 'operatingSystem', 'browser', 'ipAddress', 'location', 'trustedAt',
  'trustedUntil', 'lastUsedAt', 'lastVerifiedAt', 'usageCount', 'isActive', 'revokedAt', 'revokedReason', 'riskScore', 'metadata', 'createdAt', 'updatedAt',
];

/** A browser that both customers of the bank use: alice trusts it, bob does not. */
async function sharedBrowser(t, demo) {
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.comeIn({ trust: 'P30D' });
  await alice.isKnownIn('London');
  await alice.goTo('Devices'); // a further decision, so that there is a line to draw
  await alice.sees('Your devices');
  await alice.signOut();
  await new Customer(demo, alice.page, 'bob').comeIn();
}

const idOf = async (demo, user) => (await ask(demo, 'GET', `/v1/apps/bank/devices?user=${user}`)).items[0].deviceId;

for (const database of databases) {
  test(`the page of a device tells its whole story, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    await sharedBrowser(t, demo);
    const device = `/v1/apps/bank/devices/${await idOf(demo, 'alice')}`;
    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    const region = (name) => page.getByRole('region', { name, exact: true });
    await mia.setUp();
    await page.goto(`${demo.service}/admin/apps/bank/devices/${await idOf(demo, 'alice')}`);
    await mia.confirm('Block', { Reason: 'stolen on the train' });
    await mia.confirm('Unblock');
    await region('What happened').getByText('Unblocked', { exact: true }).waitFor();

    const told = await region('What happened').getByRole('listitem').allInnerTexts();
    const order = ['Unblocked', 'Blocked', 'Trusted', 'Registered'].map((what) => told.findIndex((line) => line.startsWith(what)));
    assert.ok(order.every((at, i) => at >= 0 && (i === 0 || at > order[i - 1])), `the latest comes first: ${told}`);
    assert.match(told[order[1]], /by an admin \(mia@bank\.example\)[\s\S]*“stolen on the train”/);

    await region('All properties').getByText('userAgent').waitFor();
    const names = await region('All properties').getByRole('rowheader').allInnerTexts();
    assert.deepEqual(names, properties);
    await region('All properties').getByRole('row', { name: /^revokedReason/ }).getByText('blocked').waitFor();

    await region('As JSON').getByRole('button', { name: 'Show' }).click();
    assert.deepEqual(JSON.parse(await region('As JSON').locator('pre').innerText()), await ask(demo, 'GET', device));
    await region('The same key or hardware').getByRole('link', { name: 'bob' }).waitFor();
    await region('Where it was').getByRole('img', { name: /London/ }).waitFor();
    await region('Risk over time').getByRole('img', { name: /Risk over time/ }).waitFor();
    await page.getByText('ES256 (P-256)').waitFor();
    await mia.look('device-whole');

    await region('Risk over time').getByText('Table', { exact: true }).click();
    await region('Risk over time').getByRole('table').getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'A decision' }).waitFor();
    assert.deepEqual(mia.errors, []);
  });
}

test('a device that was never trusted says which properties it lacks, and leads to its decisions', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  await sharedBrowser(t, demo);
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Devices');
  await page.getByRole('row').filter({ hasText: 'bob' }).getByRole('link').first().click();
  const all = page.getByRole('region', { name: 'All properties' });
  await all.getByText('This device was never trusted').waitFor();
  assert.deepEqual(await all.getByRole('rowheader').allInnerTexts(), properties);
  const absent = await all.getByRole('row').filter({ hasText: 'it was never trusted' }).getByRole('rowheader').allInnerTexts();
  assert.deepEqual(absent, ['trustedAt', 'trustedUntil', 'revokedAt', 'revokedReason']);
  await page.getByRole('link', { name: 'Its decisions' }).click();
  await page.getByText('One device only').waitFor();
  await page.getByRole('row').filter({ hasText: 'bob' }).first().waitFor();
  assert.equal(await page.getByRole('row').filter({ hasText: 'alice' }).count(), 0);
  assert.deepEqual(mia.errors, []);
});
