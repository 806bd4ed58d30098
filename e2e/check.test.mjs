// The page of /device-check: what it says in each state, that nobody is kept out, and where it leads.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { launchOptions } from '../sdk/web/test/harness/chromium.mjs';
import { known, startCheck } from './harness/check.mjs';
import { eachState } from './harness/check_states.mjs';

let browser;
before(async () => (browser = await chromium.launch(launchOptions())));
after(() => browser?.close());

const looks = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 320, height: 640 } },
];

for (const look of looks) {
  test(`axe finds nothing in any state, in ${look.colorScheme} and ${look.viewport.width} pixels wide`, async (t) => {
    const seen = new Set();
    await eachState(t, browser, { ...look, locale: 'en-GB' }, async (title, page) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
      assert.deepEqual(found, [], title);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, title);
      seen.add(title);
    });
    assert.equal(seen.size, 12);
  });
}

async function open(t, options, path) {
  const site = await startCheck(t);
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const go = (where = path) => page.goto(site.url + where);
  await go();
  return { site, page, go };
}

const sees = (page, title) => page.getByRole('heading', { name: title, exact: true }).waitFor();
const address = (back) => `/device-check?app=bank&return=${encodeURIComponent(back)}`;

test('it leads back to pages of this origin only', async (t) => {
  const { site, page, go } = await open(t, {}, address('/'));
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'Welcome');
  const paths = {
    '/accounts?page=2#top': '/accounts?page=2#top',
    '/a/b..c/.d': '/a/b..c/.d',
    '/%5cevil.example': '/%5cevil.example',
    'https://evil.example/': '/',
    '//evil.example/': '/',
    '/\\evil.example/': '/',
    '/\t/evil.example/': '/',
    '/a/../b': '/',
    '/a/%2e%2E/b': '/',
    '/a/.%2e': '/',
    '/..%2f..%2fb': '/',
    'javascript:alert(1)': '/',
    '/device-check?app=bank': '/',
    '/device-check': '/',
  };
  for (const [asked, want] of Object.entries(paths)) {
    await page.evaluate(() => sessionStorage.clear());
    await go(address(asked));
    await sees(page, 'Welcome');
    assert.equal(page.url(), site.url + want, asked);
  }
});

test('the browser proves itself for the person whom the proxy names, by calls of the page alone', async (t) => {
  const { site, page, go } = await open(t, {}, address('/'));
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'Welcome');
  assert.deepEqual([...new Set(site.asked.map(({ call }) => call))], ['challenges', 'devices', 'decisions']);
  for (const { headers } of site.asked) {
    assert.equal(headers['sec-fetch-site'], 'same-origin');
    assert.equal(headers['sec-fetch-mode'], 'cors');
  }
  site.user = 'bob';
  site.decisions = { status: 200, body: { known: false, recommendation: 'CHALLENGE' } };
  await go();
  await sees(page, 'Register this browser');
});

test('where it asks for trust, it goes back once there is some', async (t) => {
  const { site, page, go } = await open(t, {}, `${address('/')}&require=trusted`);
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'This browser is not trusted');
  site.decisions = known('TRUST');
  await page.getByRole('button', { name: 'Try again' }).click();
  await sees(page, 'Welcome');
  await go('/device-check?app=bank&require=none&return=/public');
  await sees(page, 'Welcome');
});

test('it speaks German to who prefers it', async (t) => {
  const { page } = await open(t, { locale: 'de-AT' }, address('/'));
  await sees(page, 'Diesen Browser anmelden');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  assert.equal(await page.title(), 'Geräteprüfung');
});

test('without JavaScript it says what is needed', async (t) => {
  const { page } = await open(t, { javaScriptEnabled: false }, address('/'));
  const notice = page.locator('noscript .card');
  assert.ok(await notice.isVisible());
  assert.match(await notice.innerText(), /the page needs JavaScript/);
});

test('without a secure connection, or without storage, it says so', async (t) => {
  const { site, page } = await open(t, {}, address('/'));
  await page.goto(site.url.replace('localhost', 'bank.test') + address('/'));
  await sees(page, 'This connection is not secure');
  await page.addInitScript(() => delete Object.getPrototypeOf(window).indexedDB);
  await page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
  await page.goto(site.url + address('/'));
  await sees(page, 'This browser can keep no key');
});
