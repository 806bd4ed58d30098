// The six steps that the demo leads through, with the second browser and the support desk beside the bank.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { launch } from './harness/person.mjs';
import { startDemo } from './harness/demo.mjs';

let browser;
let demo;
before(async () => ([browser, demo] = await Promise.all([launch(), startDemo()])));
after(() => Promise.all([browser?.close(), demo?.close()]));

test('the guide ticks off each step as it happens, and the panel tells it in words', async (t) => {
  const alice = await Customer.open(t, browser, demo, 'alice');
  const { page } = alice;
  const faults = [];
  page.on('console', (message) => message.type() === 'error' && /Content.Security.Policy/i.test(message.text()) && faults.push(message.text()));
  const doing = (title) => page.locator('#guide li[aria-current=step]', { hasText: title }).waitFor();
  const told = (text) => page.locator('#activity li', { hasText: text }).first().waitFor();

  await doing('Sign in');
  await alice.givePassword();
  await alice.app.getByRole('button', { name: 'Type it for me' }).click();
  await alice.app.getByRole('checkbox', { name: 'Trust this browser' }).check();
  await alice.press('Continue');
  await alice.seesAccounts();
  await told('The key was made here and can not leave.');

  await doing('No code');
  await alice.signOut();
  await alice.givePassword();
  await alice.isTold(/^This browser is trusted until/);

  await doing('Pay');
  await alice.goTo('Pay');
  await alice.app.getByLabel('Amount in euros').fill('3');
  await alice.press('Review');
  await alice.press('Sign and pay');
  await alice.isTold(/^Paid €3\.00/);

  await doing('Something odd');
  await alice.isKnownIn('London');
  await alice.pretend('Tokyo, Japan');
  await alice.giveUpDialog();
  await alice.pretend('another operating system');
  await alice.giveUpDialog();
  await told('so trust in the device ended.');
  await alice.pretend('Back to normal');
  await alice.seesAccounts();

  await doing('Another browser');
  await page.getByRole('button', { name: 'Open other browser' }).click();
  const other = page.frameLocator('iframe[title="Another browser"]');
  await other.getByRole('button', { name: 'Fill in Alice' }).click();
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByRole('heading', { name: 'Enter your code' }).waitFor();
  await told('The other browser');

  await doing('Block');
  await page.getByRole('button', { name: 'Open support desk' }).click();
  const desk = page.frameLocator('iframe[title="Support desk"]');
  await desk.getByRole('button', { name: /^Block:/ }).click();
  await told("blocks alice's Chrom");
  await alice.goTo('Accounts');
  await alice.isTold('This browser is blocked. Please call the bank.');
  await page.locator('#guide').getByText('That is the whole story.').waitFor();

  await page.reload();
  await page.locator('#guide').getByText('That is the whole story.').waitFor();
  await told('The device is blocked.');
  assert.deepEqual(faults, [], 'nothing on the pages breaks their own rules');
});
