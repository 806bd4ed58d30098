// What a customer does on the bank's pages.
import { setTimeout as wait } from 'node:timers/promises';
import { Phone } from './totp.mjs';

const passwords = { alice: 'open-sesame', bob: 'swordfish' };
const phones = new Map();

/** The customer's one phone in a demo, whichever browser asks. */
function phoneOf(demo, user) {
  const name = `${demo.bank} ${user}`;
  if (!phones.has(name)) phones.set(name, new Phone(user));
  return phones.get(name);
}

/** One browser at the bank, with a profile of its own. */
export class Customer {
  constructor(demo, page, user) {
    Object.assign(this, { demo, page, user, app: page.locator('#bank') });
  }

  /** Opens the bank in a fresh profile. */
  static async open(t, browser, demo, user, options = {}) {
    const context = await browser.newContext(options);
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(demo.bank);
    return new Customer(demo, page, user);
  }

  heading() {
    return this.app.getByRole('heading', { level: 1 });
  }

  /** Waits for a screen by its heading. */
  async sees(title) {
    await this.app.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  async isTold(text) {
    await this.app.getByRole('status').filter({ hasText: text, visible: true }).waitFor();
  }

  async givePassword(password = passwords[this.user]) {
    await this.sees('Sign in');
    await this.app.getByLabel('Name').fill(this.user);
    await this.app.getByLabel('Password').fill(password);
    await this.app.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Types the phone's next code; trust is a duration such as P30D. */
  async giveCode({ trust } = {}) {
    await this.sees('Enter your code');
    await this.app.getByLabel('Code from your phone').fill(await phoneOf(this.demo, this.user).code());
    if (trust) {
      await this.app.getByRole('checkbox', { name: 'Trust this browser' }).check();
      await this.app.getByRole('combobox', { name: 'Trust this browser' }).selectOption(trust);
    }
    await this.app.getByRole('button', { name: 'Continue' }).click();
  }

  /** Signs in with both factors. */
  async comeIn({ trust } = {}) {
    await this.givePassword();
    await this.giveCode({ trust });
    await this.seesAccounts();
  }

  /** Types the phone's next code into the dialog that asks for one. */
  async answerDialog() {
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Code from your phone').fill(await phoneOf(this.demo, this.user).code());
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Closes the dialog that asks for a code. */
  async giveUpDialog() {
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Presses a button of the panel that pretends; the page shows itself anew with it. */
  async pretend(name) {
    await this.page.locator('#pretend').getByRole('button', { name }).click();
  }

  /** The panel of the last decision. */
  decision() {
    return this.page.locator('#decision');
  }

  score() {
    return this.decision().locator('.score strong').textContent().then(Number);
  }

  /** Waits until Symbolon has learned where the device is: that may take a second after its first proof. */
  async isKnownIn(city) {
    const seen = async () => {
      const answer = await fetch(`${this.demo.bank}/api/staff/devices?user=${this.user}`);
      return (await answer.json()).answer.items.some(({ location }) => location?.startsWith(city));
    };
    while (!(await seen())) await wait(100);
  }

  nextCode() {
    return phoneOf(this.demo, this.user).code();
  }

  async seesAccounts() {
    await this.sees(/^Good to see you/);
  }

  async goTo(name) {
    await this.app.getByRole('navigation').getByRole('button', { name }).click();
  }

  async press(name) {
    await this.app.getByRole('button', { name }).click();
  }

  async signOut() {
    await this.press('Sign out');
    await this.sees('Sign in');
  }

  async balance() {
    return this.app.locator('.account strong').first().textContent();
  }

  /** The panel's lines, the newest first. */
  lines() {
    return this.page.locator('#activity li');
  }
}
