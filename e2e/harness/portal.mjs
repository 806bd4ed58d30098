// The portal at /admin, as an admin uses it.
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { adminKey } from './demo.mjs';

const phrase = 'seven copper kettles hum';

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

/** How people have their portal; the last is how it is left. */
const looks = [
  { colorScheme: 'dark', ...phone }, { colorScheme: 'light', ...phone }, { colorScheme: 'dark', ...desktop }, { colorScheme: 'light', ...desktop },
];

/** An admin's browser, with what went wrong in it. */
export class Admin {
  static async open(t, browser, demo, options = {}) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options }); // so that nothing is looked at halfway
    t.after(() => context.close());
    const page = await context.newPage();
    const admin = new Admin(page, demo);
    page.on('pageerror', (error) => admin.errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && admin.errors.push(message.text()));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== 'data:' && origin !== new URL(demo.service).origin) admin.errors.push(`a request to ${origin}`);
    });
    return admin;
  }

  constructor(page, demo) {
    Object.assign(this, { page, demo, errors: [] });
  }

  /** Comes in by the link that a first start shows. */
  async setUp(login) {
    await this.openSetUp(login);
    await this.choosePassword();
  }

  async openSetUp(login = 'mia@bank.example') {
    const link = await ask(this.demo, 'POST', '/v1/admin/setup-link');
    await this.page.goto(link.url);
    await this.page.getByLabel('Login').fill(login);
  }

  async acceptInvitation(link) {
    await this.page.goto(link);
    await this.choosePassword();
  }

  async choosePassword() {
    await this.givePassword();
    await this.page.getByRole('button', { name: 'Go on' }).click();
    await this.page.getByRole('button', { name: 'Account' }).waitFor();
    assert.ok(!this.page.url().includes('#'), 'the secret is no longer in the address');
  }

  /** Opens the portal and signs in. */
  async comeIn(login) {
    await this.page.goto(`${this.demo.service}/admin/`);
    await this.page.getByLabel('Login').waitFor();
    await this.signIn(login);
    await this.page.getByRole('button', { name: 'Account' }).waitFor();
  }

  async signIn(login = 'mia@bank.example') {
    const { page } = this;
    const asked = page.getByLabel('Login');
    if (await asked.isVisible() && await asked.isEditable()) await asked.fill(login);
    await this.givePassword();
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  givePassword(within = this.page) {
    return within.getByLabel('Password').first().fill(phrase);
  }

  find(text) {
    return this.page.getByRole('searchbox').fill(text);
  }

  /** Opens a device from the list that is shown. */
  async openDevice(name = /Chromium/) {
    await this.page.getByRole('main').getByRole('link', { name }).first().click();
    await this.page.getByRole('heading', { name: 'What happened' }).waitFor();
  }

  /** Goes by the navigation, which is in a drawer on a phone. */
  async goTo(name) {
    await this.page.getByRole('button', { name: 'Account' }).waitFor();
    const open = this.page.getByRole('button', { name: 'Menu' });
    if (await open.isVisible()) await open.click();
    await this.page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  async speak(language) {
    await this.press(/^(Account|Konto)$/);
    await this.page.getByRole('menuitem', { name: language }).click();
  }

  /** Looks at the screen as each person has it; takes its pictures where SCREENSHOTS is a folder. */
  async look(name) {
    for (const { colorScheme, width, height } of looks) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.setViewportSize({ width, height });
      await this.passes(`${name}-${colorScheme}-${width}`);
    }
  }

  /** Axe finds nothing on the screen, and it is no wider than the window. */
  async passes(name) {
    const { page } = this;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
    assert.deepEqual(found, [], name);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} is wider than the window`);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/portal-${name}.png`, fullPage: true });
  }

  press(name) {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Presses a button of the page, then the one of the same name, or of the verb, in the dialogue that opens. */
  async confirm(name, typed = {}, { stays = false, verb = name } = {}) {
    await this.press(name);
    const dialogue = this.page.getByRole('dialog');
    for (const [label, value] of Object.entries(typed)) await dialogue.getByLabel(label).fill(value);
    await dialogue.getByRole('button', { name: verb, exact: true }).click();
    if (!stays) await dialogue.waitFor({ state: 'hidden' });
  }

  /** Takes the secret that is shown once, and says so. */
  async keep() {
    const dialogue = this.page.getByRole('dialog').filter({ hasText: 'shown this once only' });
    const secret = await dialogue.locator('pre').textContent();
    await dialogue.getByRole('button', { name: 'I have kept it' }).click();
    await dialogue.waitFor({ state: 'hidden' });
    return secret;
  }
}

/** Asks the service's API as an admin of all apps. */
export async function ask(demo, method, path, body) {
  const answer = await fetch(demo.service + path, {
    method, body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${adminKey}`, ...(body && { 'Content-Type': 'application/json' }) },
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? undefined : answer.json();
}
