// The portal at /admin, as an admin uses it.
import assert from 'node:assert/strict';
import { adminKey } from './demo.mjs';

const phrase = 'seven copper kettles hum';

/** An admin's browser, with what went wrong in it. */
export class Admin {
  static async open(t, browser, demo, options = {}) {
    const context = await browser.newContext(options);
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
  async setUp(login = 'mia@bank.example') {
    const link = await ask(this.demo, 'POST', '/v1/admin/setup-link');
    await this.page.goto(link.url);
    await this.page.getByLabel('Login').fill(login);
    await this.page.getByLabel('Password').first().fill(phrase);
    await this.page.getByRole('button', { name: 'Go on' }).click();
    await this.page.getByRole('heading', { name: 'Devices' }).waitFor();
    assert.ok(!this.page.url().includes('#'), 'the secret is no longer in the address');
  }

  async signIn(login = 'mia@bank.example') {
    const { page } = this;
    if (await page.getByLabel('Login').isVisible()) await page.getByLabel('Login').fill(login);
    await page.getByLabel('Password').first().fill(phrase);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  find(text) {
    return this.page.getByRole('searchbox').fill(text);
  }

  press(name) {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Presses a button of the page, then the one of the same name in the dialogue that opens. */
  async confirm(name, typed = {}) {
    await this.press(name);
    const dialogue = this.page.getByRole('dialog');
    for (const [label, value] of Object.entries(typed)) await dialogue.getByLabel(label).fill(value);
    await dialogue.getByRole('button', { name, exact: true }).click();
    await dialogue.waitFor({ state: 'hidden' });
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
