// The system's Chromium, as every test drives it, here and of the whole.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name that is not localhost makes a plain http page an insecure one.
  '--host-resolver-rules=MAP bank.test 127.0.0.1',
];

/** The options that start it; a machine without a browser fails the tests instead of passing them by. */
export function launchOptions() {
  const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(`no Chromium: install it, or name it in CHROMIUM (looked for ${usual.join(', ')})`);
  }
  return { executablePath, headless: true, args };
}

export function launch() {
  return chromium.launch(launchOptions());
}

/** A browser whose profile outlives its end. */
export function launchWithProfile(folder) {
  return chromium.launchPersistentContext(folder, launchOptions());
}
