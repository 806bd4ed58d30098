// Support looks after a user as a whole: all devices at once, sign-out, export and erasure.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin, ask } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('support finds a user by the keyboard, blocks both devices, signs them out, exports and erases', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  for (let i = 0; i < 2; i++) await Customer.open(t, browser, demo, 'alice').then((alice) => alice.comeIn({ trust: 'P30D' }));
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Apps');
  await page.locator('body').press('/');
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.type === 'search');
  await page.keyboard.type('ali');
  await page.getByRole('link', { name: 'alice' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'alice' }).waitFor();

  await page.getByLabel('Choose all').check();
  await mia.confirm('Block', { Reason: 'the bag was stolen' });
  await page.getByText('“the bag was stolen”').nth(1).waitFor();
  await page.getByLabel('Choose all').check();
  await mia.confirm('Unblock');
  await page.getByText('Active', { exact: true }).nth(1).waitFor();
  await mia.confirm('Sign out everywhere');

  const download = page.waitForEvent('download');
  await mia.press('Export');
  const file = await download;
  assert.equal(file.suggestedFilename(), 'alice.json');
  const { userId, devices, events } = JSON.parse(await readFile(await file.path(), 'utf8'));
  assert.equal(userId, 'alice');
  assert.ok(devices.length > 0 && events.some(({ type }) => type === 'device.blocked'));

  await mia.press('Erase');
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('Type alice to confirm').fill('alic');
  assert.ok(await dialogue.getByRole('button', { name: 'Erase' }).isDisabled());
  await dialogue.getByLabel('Type alice to confirm').fill('alice');
  await dialogue.getByRole('button', { name: 'Erase' }).click();
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  const left = await ask(demo, 'GET', '/v1/apps/bank/devices?user=alice');
  assert.deepEqual(left.items, []);
  assert.deepEqual(mia.errors, []);
});

test('a user is found and looked after whatever their id consists of', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const userId = 'auth0|50%2F/ü #1?';
  const at = '2026-01-02T03:04:05Z';
  const record = {
    '@type': 'TrustedDevice', deviceId: 'dev_odd', userId, deviceName: 'An old phone', deviceType: 'mobile', deviceFingerprint: 'odd', trustedAt: at, createdAt: at,
  };
  await ask(demo, 'POST', '/v1/apps/bank/trusted-devices', { items: [record] });
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  await mia.goTo('Users');
  await mia.find('auth0|');
  await page.getByRole('link', { name: userId }).click();
  for (const look of [() => undefined, () => page.reload()]) {
    await look();
    await page.getByRole('heading', { level: 1, name: userId }).waitFor();
    await page.getByText('An old phone').waitFor();
  }
  await mia.confirm('Sign out everywhere');
  await page.getByRole('link', { name: 'An old phone' }).click();
  await page.getByText('Without a key').waitFor();
  assert.deepEqual(mia.errors, []);
});
