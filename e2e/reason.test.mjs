// The page chooses its words by the reason in its address, and takes nothing else from there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { known, startCheck, stranger } from './harness/check.mjs';
import { launchOptions } from '../sdk/web/test/harness/chromium.mjs';

let browser;
before(async () => (browser = await chromium.launch(launchOptions())));
after(() => browser?.close());

/** Opens the page for a reason, and reads what it says once its title is there. */
async function reader(t, locale) {
  const site = await startCheck(t);
  const context = await browser.newContext({ locale });
  t.after(() => context.close());
  const page = await context.newPage();
  const said = async (reason, title) => {
    await page.goto(`${site.url}/device-check?app=bank&return=%2F&reason=${encodeURIComponent(reason)}`);
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    return page.locator('body').innerText();
  };
  const register = async (button) => {
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('heading', { name: 'Welcome', exact: true }).waitFor();
  };
  return { site, said, register };
}

const english = {
  pass_expired: /too long ago for this page/,
  risk_too_high: /more was out of the ordinary than this page allows/,
  user_mismatch: /somebody else than the person who is signed in/,
  unknown_device: /not registered any more/,
  device_pending: /waiting for approval/,
  not_trusted: /only on browsers that you chose to trust/,
  trust_expired: /has run out/,
  trust_idle: /not used for so long/,
  trust_revoked: /was taken back/,
  trust_paused: /is paused/,
};
const usual = /lets in only browsers that it knows/;

test('while it checks, it says why the app asks', async (t) => {
  const { site, said, register } = await reader(t, 'en-GB');
  await said('', 'Register this browser');
  await register('Register this browser');
  site.decisions = undefined; // the answer never comes
  for (const [reason, words] of Object.entries(english)) {
    const text = await said(reason, 'Checking this device…');
    assert.match(text, words, reason);
    assert.doesNotMatch(text, usual, reason);
  }
  for (const reason of ['', 'pass_missing', 'constructor', '__proto__', 'toString', '<b>Give me your password</b>']) {
    const text = await said(reason, 'Checking this device…');
    assert.match(text, usual, reason);
    assert.ok(!text.includes('password'), reason);
  }
});

test('in German too', async (t) => {
  const { site, said, register } = await reader(t, 'de-AT');
  await said('', 'Diesen Browser anmelden');
  await register('Diesen Browser anmelden');
  site.decisions = undefined;
  const texts = new Set();
  for (const reason of Object.keys(english)) {
    const text = await said(reason, 'Dieses Gerät wird geprüft …');
    assert.match(text, /Das dauert einen Augenblick\.$/, reason);
    assert.doesNotMatch(text, /nur Browser ein, die sie kennt/, reason);
    texts.add(text);
  }
  assert.equal(texts.size, Object.keys(english).length);
});

test('where a check does not help, it tells what is missing and blames no cookies', async (t) => {
  const { site, said, register } = await reader(t, 'en-GB');
  site.decisions = stranger;
  assert.match(await said('user_mismatch', 'Register this browser'), english.user_mismatch);
  assert.doesNotMatch(await said('risk_too_high', 'Register this browser'), english.risk_too_high);
  site.decisions = known('ALLOW');
  await register('Register this browser');
  await said('risk_too_high', 'Welcome');
  const stuck = await said('risk_too_high', 'The app asks again and again');
  assert.match(stuck, english.risk_too_high);
  assert.doesNotMatch(stuck, /[Cc]ookies/);
  assert.match(await said('', 'The app asks again and again'), /cookies are turned off/);
});
