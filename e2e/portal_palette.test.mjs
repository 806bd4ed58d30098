// Ctrl K: any user, device, screen or command, by typing some of its name.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { startDemo } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';
import { Admin } from './harness/portal.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('support goes anywhere without the mouse', async (t) => {
  const demo = await startDemo();
  t.after(demo.close);
  const alice = await Customer.open(t, browser, demo, 'alice');
  await alice.comeIn({ trust: 'P30D' });
  const mia = await Admin.open(t, browser, demo);
  const { page } = mia;
  await mia.setUp();
  const palette = page.getByRole('dialog', { name: 'Go to' });
  const chosen = palette.locator('[role=option][data-combobox-selected]');
  const open = async (typed) => {
    await page.keyboard.press('Control+k');
    await palette.getByRole('searchbox').and(page.locator(':focus')).waitFor();
    await page.keyboard.type(typed);
  };

  await open('ali');
  await palette.getByRole('group', { name: 'Users' }).getByRole('option', { name: 'alice' }).waitFor();
  await mia.look('palette');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'alice' }).waitFor();

  await open('chrom');
  await palette.getByRole('group', { name: 'Devices' }).getByRole('option', { name: /alice/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What happened' }).waitFor();

  await open('audit');
  await chosen.filter({ hasText: 'Audit log' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();

  await open('no such thing');
  await palette.getByText('Nothing is called like that.').waitFor();
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'hidden' });

  await open('deutsch');
  await chosen.filter({ hasText: 'Deutsch' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Protokoll' }).waitFor();
  assert.deepEqual(mia.errors, []);
});
