// <symbolon-devices>, in a page with a strict policy, over the real service.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { House } from './harness/house.mjs';
import { on } from './harness/real.mjs';
import { call, setUp } from './harness/site.mjs';

const house = new House();
let real;

before(async () => {
  await house.start();
  ({ real } = house);
});
after(() => house.close());
beforeEach(async () => {
  await real.reset();
  await real.setPolicy({});
});

/** A laptop that shows the list, and a phone of the same user. */
async function shown(t) {
  const laptop = await house.registered(t, { tickets: true });
  const phone = await house.registered(t, { user: laptop.user, tickets: true });
  await real.rename(phone.device.deviceId, 'Old phone');
  await real.rename(laptop.device.deviceId, 'Laptop');
  const { page } = laptop;
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()));
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(`${house.site.url}devices`);
  await page.waitForFunction(() => window.ready);
  await setUp(page, { ...house.options, tickets: true });
  await page.evaluate(() => {
    window.fired = [];
    for (const name of ['symbolon-change', 'symbolon-signed-out']) addEventListener(name, ({ type, detail }) => fired.push([type, detail?.action]));
    document.querySelector('symbolon-devices').symbolon = symbolon;
  });
  const card = (name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
  await card('Laptop').waitFor();
  return { laptop, phone, user: laptop.user, page, card, press: (name) => page.getByRole('button', { name, exact: true }).click() };
}

/** Presses a button, then the one in the dialogue that opens. */
async function confirm(page, name, yes) {
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: yes, exact: true }).click();
}

const isTold = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();

test('each browser of a user sees itself marked, and first', async (t) => {
  const { page, card } = await shown(t);
  const names = await page.getByRole('heading', { level: 3 }).allTextContents();
  assert.deepEqual(names, ['Laptop', 'Old phone']);
  await card('Laptop').getByText('This device', { exact: true }).waitFor();
  assert.equal(await card('Old phone').getByText('This device', { exact: true }).count(), 0);
  assert.equal(await page.evaluate(() => document.querySelector('symbolon-devices').outerHTML.includes('"kty"')), false);
});

test('a device is renamed, and the name is taken back', async (t) => {
  const { page, phone, press } = await shown(t);
  await press('Rename Old phone');
  const field = page.getByLabel('Name of the device');
  assert.equal(await field.evaluate((input) => input.getRootNode().activeElement === input), true);
  await field.fill('<b>Ünal’s</b> phone');
  await press('Save');
  await isTold(page, 'It is now called <b>Ünal’s</b> phone.');
  assert.equal((await real.device(phone.device.deviceId)).deviceName, '<b>Ünal’s</b> phone');
  await press('Undo');
  await isTold(page, 'It is as it was.');
  assert.equal((await real.device(phone.device.deviceId)).deviceName, 'Old phone');
});

test('trust is given and ended', async (t) => {
  const { page, card, user, press } = await shown(t);
  await press('Trust this device');
  await card('Laptop').getByText(/^Trusted until /).waitFor();
  assert.equal((await real.decide(user, await call(page, 'prove'))).recommendation, 'TRUST');
  await press('Stop trusting Laptop');
  await isTold(page, 'the next sign-in on it asks for a code');
  assert.equal((await real.decide(user, await call(page, 'prove'))).recommendation, 'ALLOW');
  await press('Undo');
  await card('Laptop').getByText(/^Trusted until /).waitFor();
});

test('another device is signed out, and is not known at its next request', async (t) => {
  const { page, card, phone } = await shown(t);
  await confirm(page, 'Sign out Old phone', 'Sign out');
  await isTold(page, 'Old phone was signed out.');
  assert.equal(await card('Old phone').count(), 0);
  assert.equal((await call(phone.page, 'currentDevice')).known, false);
  assert.deepEqual(await page.evaluate(() => fired), [['symbolon-change', 'remove']]);
});

test('who says no changes nothing', async (t) => {
  const { page, card, user, press } = await shown(t);
  await press('I don’t recognise Old phone');
  await page.getByRole('dialog', { name: 'Block Old phone?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await card('Old phone').waitFor();
  assert.ok((await real.devicesOf(user)).every(({ status }) => status === 'active'));
});

test('a device that is not recognised is blocked, and its user can not unblock it', async (t) => {
  const { page, card, phone } = await shown(t);
  await confirm(page, 'I don’t recognise Old phone', 'Block');
  await isTold(page, 'Old phone is blocked. Change your password now');
  await card('Old phone').getByText('Only support can change that.').waitFor();
  assert.equal(await card('Old phone').getByRole('button').count(), 0);
  assert.equal((await call(phone.page, 'currentDevice')).recommendation, 'DENY');
  const { block } = await real.device(phone.device.deviceId);
  assert.equal(block.reason, 'reported lost by its user');
});

test('all others are signed out at once', async (t) => {
  const { page, card } = await shown(t);
  await confirm(page, 'Sign out all others', 'Sign out all others');
  await isTold(page, 'All other devices were signed out.');
  await card('Old phone').waitFor({ state: 'detached' });
  await card('Laptop').waitFor();
});

test('this device can sign itself out, and the page hears of it', async (t) => {
  const { page } = await shown(t);
  await confirm(page, 'Sign out Laptop', 'Sign out');
  await page.waitForFunction(() => fired.some(([type]) => type === 'symbolon-signed-out'));
});

test('where a second factor is wanted, the page may ask for it and go on', async (t) => {
  const { page, user, press, card } = await shown(t);
  await page.context().exposeFunction('weakTicket', () => real.ticket(user, { factor: '' }));
  await page.evaluate((options) => {
    const assertion = () => (window.passed ? ticket() : weakTicket());
    document.querySelector('symbolon-devices').symbolon = createSymbolon({ ...options, assertion });
  }, house.options);
  await card('Laptop').waitFor();
  await press('Trust this device');
  await isTold(page, 'Confirm with your second factor first');
  await page.evaluate(() => {
    addEventListener('symbolon-factor-needed', (event) => {
      event.preventDefault();
      window.passed = true;
      void event.detail.retry();
    });
  });
  await press('Trust this device');
  await card('Laptop').getByText(/^Trusted until /).waitFor();
});

test('a list that can not be had says so and offers another try', async (t) => {
  const { page, card } = await shown(t);
  for (let i = 0; i < 5; i++) await real.fail({ on: on.list, do: 'unavailable', retryAfter: '0' });
  await page.evaluate(() => void document.querySelector('symbolon-devices').refresh());
  await page.getByRole('alert').filter({ hasText: 'The service does not answer.' }).waitFor();
  await real.reset();
  await page.getByRole('button', { name: 'Try again' }).click();
  await card('Laptop').waitFor();
});

test('a browser that was blocked is told so', async (t) => {
  const { page, laptop } = await shown(t);
  await real.block(laptop.device.deviceId);
  await page.evaluate(() => document.querySelector('symbolon-devices').refresh());
  await page.getByRole('alert').filter({ hasText: 'This device is blocked. Only support can change that.' }).waitFor();
});

test('what happened is told in plain words', async (t) => {
  const { page, press } = await shown(t);
  await press('Trust this device');
  await confirm(page, 'I don’t recognise Old phone', 'Block');
  await isTold(page, 'is blocked');
  await page.getByText('What happened to your devices').click();
  const past = page.getByRole('group').filter({ hasText: 'What happened' });
  for (const text of ['Old phone was blocked, by you', 'Laptop was trusted, by you', 'Laptop signed in for the first time']) {
    await past.getByText(text).first().waitFor();
  }
});

test('each language has its words, its times and its direction', async (t) => {
  const { page, card } = await shown(t);
  const titles = { de: 'Ihre Geräte', es: 'Tus dispositivos', ja: 'お使いのデバイス', ar: 'أجهزتك', en: 'Your devices', xx: 'Your devices' };
  for (const [language, title] of Object.entries(titles)) {
    await page.evaluate((lang) => (document.querySelector('symbolon-devices').lang = lang), language);
    const section = page.getByRole('region', { name: title, exact: true });
    await section.waitFor();
    assert.equal(await section.getAttribute('dir'), language === 'ar' ? 'rtl' : 'ltr');
  }
  await page.evaluate(() => {
    Object.assign(document.querySelector('symbolon-devices'), { lang: 'en-GB', strings: { title: 'My gadgets' } });
  });
  await page.getByRole('heading', { name: 'My gadgets' }).waitFor();
  await card('Laptop').getByText(/^Last used now$/).waitFor();
});

test('everyone can use it, light and dark, wide and narrow', async (t) => {
  const { page, press, card } = await shown(t);
  await press('Trust this device');
  await card('Laptop').getByText(/^Trusted until /).waitFor();
  await page.getByText('What happened to your devices').click();
  await page.getByText('Laptop was trusted, by you').waitFor();
  for (const [lang, width, colorScheme] of [['en', 390, 'light'], ['en', 1024, 'dark'], ['ar', 390, 'dark'], ['ja', 1024, 'light'], ['de', 390, 'light'], ['es', 390, 'dark']]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await page.evaluate((to) => (document.querySelector('symbolon-devices').lang = to), lang);
    const { violations } = await new AxeBuilder({ page }).include('symbolon-devices').setLegacyMode().analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], `${lang} ${width} ${colorScheme}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${lang} is wider than the window`);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/devices-${lang}-${width}-${colorScheme}.png`, fullPage: true });
  }
});
