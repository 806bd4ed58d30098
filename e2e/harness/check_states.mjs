// Walks through every state of the page of /device-check, and stops at each to look.
import { known, refused, startCheck, stranger } from './check.mjs';

const address = '/device-check?app=bank&require=trusted&return=%2Faccounts';
const aLongTimeAgo = { deviceId: 'd2', deviceName: 'Phone of 2019', lastUsedAt: '2025-02-01T10:00:00Z' };
const never = { deviceId: 'd3', deviceName: 'A tablet with a name that somebody made very long, to see where it ends' };

/** Calls look(name, page, title) on each. */
export async function eachState(t, browser, options, look) {
  const site = await startCheck(t);
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  const sees = async (title) => {
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    await look(title, page);
  };
  const open = async (title, at = address) => {
    await page.goto(site.url + at);
    await sees(title);
  };
  const register = () => page.getByRole('button', { name: 'Register this browser' }).click();

  site.decisions = stranger;
  await open('This address is not complete', '/device-check');
  await open('Register this browser');
  site.devices = refused(401, 'unauthenticated');
  await register();
  await sees('Please sign in again');
  site.devices = refused(409, 'device_limit_reached', { choices: [aLongTimeAgo, never] });
  await open('Register this browser');
  await register();
  await sees('You have too many devices');
  site.devices = { status: 201, body: { ...site.devices.body, deviceId: 'd1', userId: 'alice', status: 'pending' } };
  await page.getByRole('button', { name: 'Replace it with this browser' }).click();
  await sees('This browser waits for approval');
  site.decisions = known('ALLOW');
  await page.getByRole('button', { name: 'Try again' }).click();
  await sees('This browser is not trusted');
  site.decisions = known('CHALLENGE');
  await open('Something looks unusual');
  site.decisions = known('DENY');
  await open('This browser may not open the app');
  site.decisions = refused(503, 'unavailable');
  await open('That could not be checked');
  site.decisions = refused(403, 'forbidden');
  await open('The device check is not set up right');
  Object.assign(site, { decisions: stranger, user: '' });
  await open('This browser is not registered');
  site.decisions = undefined;
  await open('Checking this device…');
}
