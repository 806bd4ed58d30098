// Walks one customer through every screen of the demo, and stops at each to look.
import { Customer } from './bank.mjs';

/** Calls look(name, page) on each screen. */
export async function eachScreen(t, browser, demo, { user, options }, look) {
  const customer = await Customer.open(t, browser, demo, user, options);
  const { page, app } = customer;
  await customer.sees('Sign in');
  await look('sign-in', page);
  await customer.givePassword('wrong');
  await customer.isTold('That name and password do not belong together.');
  await look('sign-in-refused', page);
  await customer.givePassword();
  await customer.sees('Enter your code');
  await app.locator('.phone-code').filter({ hasText: /\d{3} \d{3}/ }).waitFor();
  await look('code', page);
  await customer.giveCode({ trust: 'P30D' });
  await customer.isTold(/^This browser is now one of your devices/);
  await page.locator('#activity summary').first().click();
  await look('accounts', page);
  await customer.goTo('Pay');
  await customer.sees('Pay someone');
  await look('pay', page);
  await app.getByLabel('Amount in euros').fill('12.50');
  await app.getByLabel('Reference').fill('rent, March');
  await customer.press('Review');
  await customer.sees('Check and sign');
  await look('pay-sign', page);
  await app.getByRole('checkbox', { name: /malware/ }).check();
  await customer.press('Sign and pay');
  await customer.isTold(/^What this browser signed is not/);
  await look('pay-refused', page);
  await lookAtOddRequests(customer, look);
  await customer.goTo('Devices');
  await customer.sees('Your devices');
  await look('devices', page);
  await lookAtTheOtherBrowser(customer, look);
  await lookAtTheDesk(customer, look);
}

async function lookAtOddRequests(customer, look) {
  const { page } = customer;
  await customer.goTo('Accounts');
  await customer.seesAccounts();
  await customer.isKnownIn('London');
  await customer.pretend('San Francisco, USA');
  await page.getByRole('dialog').waitFor();
  await look('odd-place', page);
  await customer.giveUpDialog();
  await customer.pretend('another operating system');
  await customer.giveUpDialog();
  await customer.decision().getByText(/^Trust ended/).waitFor();
  await look('odd-trust-ended', page);
  await customer.goTo('Devices');
  await customer.answerDialog();
  await customer.sees('Your devices');
  await look('devices-odd', page);
  await customer.pretend('Back to normal');
}

async function lookAtTheOtherBrowser({ page, user }, look) {
  await page.getByRole('button', { name: 'Open other browser' }).click();
  const other = page.frameLocator('#second iframe').first();
  await other.getByRole('button', { name: `Fill in ${user[0].toUpperCase()}${user.slice(1)}` }).click();
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByRole('heading', { name: 'Enter your code' }).waitFor();
  await look('other-browser', page);
}

async function lookAtTheDesk(customer, look) {
  const { page, user } = customer;
  await page.getByRole('button', { name: 'Open support desk' }).click();
  const desk = page.frameLocator('#second iframe:visible');
  await desk.getByLabel('Customer').fill(user);
  await desk.getByRole('button', { name: 'Show devices' }).click();
  await desk.locator('.device').first().waitFor();
  await look('desk', page);
  await desk.getByRole('button', { name: /^Block:/ }).click();
  await desk.getByText('blocked', { exact: true }).waitFor();
  await customer.goTo('Accounts');
  await customer.isTold('This browser is blocked. Please call the bank.');
  await look('blocked', page);
}
