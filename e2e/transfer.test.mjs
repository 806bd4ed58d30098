// A payment is what the customer saw and signed, or it is none.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from './harness/bank.mjs';
import { launch } from './harness/person.mjs';
import { startDemo } from './harness/demo.mjs';

let browser;
let demo;
before(async () => ([browser, demo] = await Promise.all([launch(), startDemo()])));
after(() => Promise.all([browser?.close(), demo?.close()]));

async function review(customer, amount) {
  if (!(await customer.app.getByLabel('Amount in euros').isVisible())) await customer.goTo('Pay');
  await customer.app.getByLabel('Amount in euros').fill(amount);
  await customer.app.getByLabel('Reference').fill('rent, März');
  await customer.press('Review');
  await customer.sees('Check and sign');
}

test('a known browser signs what it shows, and a changed amount is refused', async (t) => {
  const bob = await Customer.open(t, browser, demo, 'bob');
  await bob.givePassword();
  await bob.giveCode();
  await bob.seesAccounts();
  const before = await bob.balance();

  await review(bob, '12.50');
  const slip = await bob.app.locator('.slip').textContent();
  assert.match(slip, /^Pay 12\.50 EUR\nTo .+\nIBAN .+\nReference rent, März$/);
  await bob.app.getByRole('checkbox', { name: /malware/ }).check();
  await bob.press('Sign and pay');
  await bob.isTold(/^What this browser signed is not what the bank was asked to do/);

  await bob.app.getByRole('checkbox', { name: /malware/ }).uncheck();
  await bob.press('Sign and pay');
  await bob.isTold(/^Paid €12\.50 to /);
  const cents = (text) => Math.round(Number(text.replace(/[€,]/g, '')) * 100);
  assert.equal(cents(before) - cents(await bob.balance()), 1250, 'paid once, and what was signed');
});

test('a browser that can keep no key signs in with a code each time, and pays with one', async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  await context.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
  const page = await context.newPage();
  await page.goto(demo.bank);
  const alice = new Customer(demo, page, 'alice');

  for (const time of ['first', 'second']) {
    await alice.givePassword();
    await alice.giveCode({ trust: 'P30D' });
    await alice.seesAccounts();
    if (time === 'first') await alice.signOut();
  }
  await review(alice, '7');
  await alice.press('Sign and pay');
  await alice.answerDialog();
  await alice.isTold(/^Paid €7\.00 to /);
});

test('an amount is shown as it will be signed, and what is none is said at once', async (t) => {
  const bob = await Customer.open(t, browser, demo, 'bob');
  await bob.givePassword();
  await bob.giveCode();
  await bob.seesAccounts();
  const show = async (typed, shown) => {
    await review(bob, typed);
    assert.match(await bob.app.locator('.slip').textContent(), new RegExp(`^Pay ${shown} EUR\n`));
    await bob.press('Back');
  };
  await show('7', '7.00');
  await show('0.1', '0.10');
  await show('1,250.05', '1250.05');
  await show('1000000', '1000000.00');
  for (const none of ['0', '-5', '1.234', '1e3', '12,5', 'twelve', '1000000.01', '.5']) {
    await bob.app.getByLabel('Amount in euros').fill(none);
    await bob.press('Review');
    await bob.isTold(/^Write an amount/);
    await bob.sees('Pay someone');
    await show('7', '7.00');
  }
});
