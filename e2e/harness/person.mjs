// The system's Chromium as a person has it. Software that drives a browser is a sign of risk, and the bank sees it.
import { chromium } from 'playwright-core';
import { launchOptions } from '../../sdk/web/test/harness/chromium.mjs';

/** Starts a browser that says neither that it is driven nor that it has no window, at home in London. */
export async function launch() {
  const { args, ...options } = launchOptions();
  const browser = await chromium.launch({ ...options, args: [...args, '--disable-blink-features=AutomationControlled'] });
  const page = await browser.newPage();
  const userAgent = (await page.evaluate(() => navigator.userAgent)).replace('Headless', '');
  await page.close();
  const newContext = browser.newContext.bind(browser);
  browser.newContext = (more) => newContext({ userAgent, locale: 'en-GB', timezoneId: 'Europe/London', ...more });
  return browser;
}
