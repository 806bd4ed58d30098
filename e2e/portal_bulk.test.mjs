// A leak befalls thousands of devices: all that match are blocked at once, after a count, and come back when it was a mistake.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { databases, startDemo } from './harness/demo.mjs';
import { importRecords } from './harness/fleet.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const many = 5000;
const devices = '/v1/apps/bank/devices';
/** The ids of all devices that fit, over all pages: one can be short and still lead on. */
async function allThat(demo, filter, cursor = '') {
  const { items, nextCursor } = await ask(demo, 'GET', `${devices}?${filter}&cursor=${cursor}`);
  const ids = items.map(({ deviceId }) => deviceId);
  return nextCursor ? [...ids, ...(await allThat(demo, filter, nextCursor))] : ids;
}

const long = { timeout: 120_000 }; // thousands are changed some hundred a second

for (const database of databases) {
  test(`${many} devices are blocked by a filter, and come back, on ${database}`, async (t) => {
    const demo = await startDemo(database);
    t.after(demo.close);
    await importRecords(demo, Array.from({ length: many }, (_, i) => ({ deviceId: `old_${i}`, userId: `alice-${i}` })));
    await importRecords(demo, [{ deviceId: 'spared', userId: 'bert' }]);
    const alice = await Customer.open(t, browser, demo, 'alice');
    await alice.comeIn();
    const mia = await Admin.open(t, browser, demo);
    const { page } = mia;
    const dialogue = page.getByRole('dialog');
    await mia.setUp();

    await t.test('they are counted first', async () => {
      await page.goto(`${demo.service}/admin/apps/bank/devices?q=alice`);
      await mia.press('All that match …');
      await dialogue.getByText('5,001 of 5,002 devices match; 5,001 would be blocked.').waitFor(long);
      await mia.passes('bulk-counted');
    });

    await t.test('the work is followed to its end', async () => {
      await dialogue.getByLabel('Reason').fill('a leak');
      await dialogue.getByRole('button', { name: 'Block 5,001 devices' }).click();
      await dialogue.getByRole('progressbar', { name: 'Devices looked at' }).waitFor();
      await dialogue.getByText('5,001 blocked, 5,001 matched.', { exact: true }).waitFor(long);
      await dialogue.getByRole('progressbar').waitFor({ state: 'detached', ...long });
      await mia.press('Done');
    });

    await t.test('who has one of them is refused', async () => {
      await alice.press('Refresh');
      await alice.isTold('This browser is blocked. Please call the bank.');
      assert.equal((await ask(demo, 'GET', `${devices}/spared`)).status, 'unbound');
    });

    await t.test('an undo takes back what it blocked, and nothing else', async () => {
      await ask(demo, 'POST', `${devices}/old_7/unblock`, {});
      await ask(demo, 'POST', `${devices}/old_7/block`, { reason: 'stolen too' });
      await mia.press('Bulk work');
      await dialogue.getByRole('button', { name: 'Undo' }).click();
      await dialogue.getByLabel('Reason').fill('no leak');
      await dialogue.getByRole('button', { name: 'Undo' }).click();
      await dialogue.getByText('5,000 unblocked, 5,000 matched.', { exact: true }).waitFor(long);
      await dialogue.getByRole('progressbar').waitFor({ state: 'detached', ...long });
      assert.equal(await dialogue.getByRole('button', { name: 'Undo' }).count(), 0);
      assert.deepEqual(await allThat(demo, 'status=blocked'), ['old_7']);
      const [hers] = (await ask(demo, 'GET', `${devices}?user=alice`)).items;
      assert.equal(hers.status, 'active');
      assert.deepEqual(mia.errors, []);
    });
  });
}

test('some that were chosen are blocked until a day, and who may only read chooses none', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  await importRecords(demo, Array.from({ length: 3 }, (_, i) => ({ deviceId: `old_${i}`, userId: `user-${i}`, deviceName: `Phone ${i}` })));
  const mia = await Admin.open(t, browser, demo);
  const vic = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Devices');
  await page.getByRole('checkbox', { name: 'Choose Phone 0' }).check();
  await page.getByRole('checkbox', { name: 'Choose Phone 2' }).check();
  await mia.confirm('Block', { Reason: 'lost', Until: '2099-12-31T12:00' });
  await page.getByText('Blocked', { exact: true }).nth(1).waitFor();
  const states = async () => (await ask(demo, 'GET', `${devices}?sort=name`)).items.map(({ status, block }) => [status, block?.reason, block?.until?.slice(0, 4)]);
  assert.deepEqual(await states(), [['blocked', 'lost', '2099'], ['unbound', undefined, undefined], ['blocked', 'lost', '2099']]);

  const { invitation } = await ask(demo, 'POST', '/v1/admins', { login: 'vic', grants: [{ appId: 'bank', role: 'viewer' }] });
  await vic.acceptInvitation(invitation.url);
  await vic.goTo('Devices');
  await vic.page.getByRole('link', { name: 'Phone 0' }).waitFor();
  assert.equal(await vic.page.getByRole('main').getByRole('checkbox').count(), 0);
  assert.deepEqual([...mia.errors, ...vic.errors], []);
});

test('where it fails for one of several, it says for which, and the others are done', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  await importRecords(demo, Array.from({ length: 3 }, (_, i) => ({ deviceId: `old_${i}`, userId: `user-${i}`, deviceName: `Phone ${i}` })));
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Devices');
  await page.getByRole('checkbox', { name: 'Choose all shown' }).check();
  await mia.press('Block');
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('Reason').fill('lost');
  await ask(demo, 'DELETE', `${devices}/old_1`);
  await dialogue.getByRole('button', { name: 'Block' }).click();
  await dialogue.getByText('It failed for 1 of 3 devices. The others are done.').waitFor();
  await dialogue.getByRole('list', { name: 'Not done' }).getByText('Phone 1').waitFor();
  await mia.passes('bulk-failed');
  await dialogue.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Blocked', { exact: true }).nth(1).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Phone 1' }).count(), 0);
});
