// A customer's own page of devices, under the shop's origin, in real browsers over the built binary.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { startAccounts } from './harness/account.mjs';
import { databases } from './harness/demo.mjs';
import { launch } from './harness/person.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const cards = (page) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3 }) });
const current = (page) => cards(page).filter({ hasText: 'This device' });
const other = (page) => cards(page).filter({ hasNotText: 'This device' });

for (const database of databases) {
  test(`two browsers of one customer, each at the page of their devices, on ${database}`, async (t) => {
    const shop = await startAccounts(t, database);
    const laptop = await shop.browser(t, browser, 'anna');
    const phone = await shop.browser(t, browser, 'anna');

    await t.test('each sees itself as current', async () => {
      for (const page of [laptop, phone]) {
        await page.goto(await shop.link('anna'));
        await current(page).waitFor();
        assert.equal(page.url(), `${shop.origin}/account/shop`);
        assert.deepEqual([await current(page).count(), await other(page).count()], [1, 1]);
      }
    });

    await t.test('trust that its user ends asks for a code again', async () => {
      await current(laptop).getByRole('button', { name: 'Trust this device' }).click();
      await current(laptop).getByText(/^Trusted until/).waitFor();
      assert.equal((await shop.decide(laptop, 'anna')).secondFactor, 'skip');
      await laptop.goto(`${shop.origin}/account/shop`);
      await current(laptop).getByRole('button', { name: /^Stop trusting/ }).click();
      await laptop.getByRole('status').filter({ hasText: 'no longer trusted' }).waitFor();
      assert.equal((await shop.decide(laptop, 'anna')).secondFactor, 'require');
      await laptop.goto(`${shop.origin}/account/shop`);
    });

    await t.test('one signs the other out, and it is refused at its next request', async () => {
      await other(laptop).getByRole('button', { name: /^Sign out/ }).click();
      await laptop.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
      await laptop.getByRole('status').filter({ hasText: 'was signed out' }).waitFor();
      assert.deepEqual([await current(laptop).count(), await other(laptop).count()], [1, 0]);
      const { known, recommendation } = await shop.decide(phone, 'anna');
      assert.deepEqual([known, recommendation], [false, 'CHALLENGE']);
    });
  });
}

test('a link is good once, and a page without one says so', async (t) => {
  const shop = await startAccounts(t);
  const page = await shop.browser(t, browser, 'anna');
  const link = await shop.link('anna');
  await page.goto(link);
  await current(page).waitFor();
  await page.context().clearCookies();
  for (const address of [link, `${shop.origin}/account/shop`]) {
    assert.equal((await page.goto(address)).status(), 401);
    await page.getByRole('alert').filter({ hasText: 'Your visit to this page has ended.' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Back to the app' }).getAttribute('href'), shop.origin);
  }
});

test('at the service’s own address nothing is current, and without a script the list still shows', async (t) => {
  const shop = await startAccounts(t);
  await shop.browser(t, browser, 'anna');
  const page = await (await browser.newContext()).newPage();
  await page.goto(await shop.link('anna', {}));
  await cards(page).first().waitFor();
  assert.deepEqual([await cards(page).count(), await current(page).count()], [1, 0]);

  const plain = await (await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' })).newPage();
  await plain.goto(await shop.link('anna'));
  await plain.getByRole('heading', { level: 2, name: 'Ihre Geräte' }).waitFor();
  await plain.getByRole('heading', { name: /Chrom/ }).waitFor();
  await plain.getByText(/^Zuletzt benutzt \d{4}-\d\d-\d\d \d\d:\d\d UTC$/).waitFor();
  await plain.getByText('erlauben Sie bitte JavaScript').waitFor();
});

test('a browser that signs itself out is at the end of its visit', async (t) => {
  const shop = await startAccounts(t);
  const page = await shop.browser(t, browser, 'anna');
  await page.goto(await shop.link('anna'));
  await current(page).getByRole('button', { name: /^Sign out/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByText('Your visit to this page has ended.').waitFor();
});

test('everyone can use it, in five languages', async (t) => {
  const shop = await startAccounts(t);
  for (const [locale, title, width, colorScheme] of [
    ['en-GB', 'Your devices', 1280, 'light'], ['de-DE', 'Ihre Geräte', 390, 'dark'], ['es-ES', 'Tus dispositivos', 390, 'light'],
    ['ja-JP', 'お使いのデバイス', 1280, 'dark'], ['ar-EG', 'أجهزتك', 390, 'light'],
  ]) {
    const page = await shop.browser(t, browser, `anna ${locale}`, { locale, viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' });
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(await shop.link(`anna ${locale}`));
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    await page.getByRole('heading', { level: 3 }).waitFor();
    assert.equal(await page.evaluate(() => document.dir), locale === 'ar-EG' ? 'rtl' : 'ltr');
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], locale);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${locale} is wider than the window`);
    assert.deepEqual(errors, []);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/account-${locale}-${width}-${colorScheme}.png`, fullPage: true });
  }
});
