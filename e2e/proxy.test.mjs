// A person and an app behind nginx, which lets in only browsers that Symbolon knows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, sees, startProxied, told } from './harness/proxied.mjs';

test('on the way to the app a person registers the browser, is back where they wanted to go, and is refused once it is blocked', async (t) => {
  const house = await startProxied(t, { person: 'alice' });
  const page = await openBrowser(t, house);
  const wanted = '/accounts?page=2&note=a+b%20c';

  await page.goto(house.origin + wanted);
  await sees(page, 'Register this browser');
  await page.getByLabel('Name of this device').fill('Kitchen laptop');
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'Welcome');
  assert.equal(page.url(), house.origin + wanted);

  const [device] = await house.devices('alice');
  assert.equal(device.deviceName, 'Kitchen laptop');
  const { url, headers } = await told(page);
  assert.equal(url, wanted);
  assert.equal(headers['x-symbolon-device'], device.deviceId);
  assert.equal(headers['x-symbolon-trusted'], 'false');
  assert.equal(headers.cookie, undefined, 'the pass stays with the proxy');
  const cookies = await page.context().cookies();
  const [pass] = cookies.filter(({ name }) => name === '__Host-symbolon_bank');
  assert.ok(pass.httpOnly && pass.secure && pass.sameSite === 'Lax' && pass.expires > 0);
  assert.equal(await page.evaluate(() => document.cookie), '');

  await page.goBack();
  assert.equal(page.url(), 'about:blank', 'the check left no page of its own behind');

  await page.goto(`${house.origin}/other`);
  await sees(page, 'Welcome');
  await house.block(device.deviceId);
  assert.equal((await page.goto(`${house.origin}/other`)).status(), 403);
  await page.goto(`${house.origin}/device-check?app=bank&return=/other`);
  await sees(page, 'This browser may not open the app');
});

test('a browser that is known comes through by itself when its pass is over', async (t) => {
  const house = await startProxied(t, { person: 'alice' });
  const page = await openBrowser(t, house);
  await page.goto(house.origin);
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'Welcome');
  await page.context().clearCookies();
  await page.goto(`${house.origin}/later?x=1`);
  await sees(page, 'Welcome');
  assert.equal(page.url(), `${house.origin}/later?x=1`);
});

test('where nobody says who the person is, a browser that is not registered can only be told so', async (t) => {
  const house = await startProxied(t);
  const page = await openBrowser(t, house);
  await page.goto(`${house.origin}/accounts`);
  await sees(page, 'This browser is not registered');
  assert.equal(await page.getByRole('button', { name: /register/i }).count(), 0);
});

test('who comes back again and again, since no cookie is kept, is told so and not sent in circles', async (t) => {
  const house = await startProxied(t, { person: 'alice', http: 'proxy_hide_header Set-Cookie;' });
  const page = await openBrowser(t, house);
  await page.goto(house.origin);
  await page.getByRole('button', { name: 'Register this browser' }).click();
  for (let rounds = 0; rounds < 2; rounds++) {
    await sees(page, 'The app asks again and again');
    await page.getByRole('button', { name: 'Continue' }).click();
  }
  await sees(page, 'The app asks again and again');
});

test('the check says it where it can’t be reached, and goes on when it can', async (t) => {
  const house = await startProxied(t, { person: 'alice' });
  const page = await openBrowser(t, house);
  await page.route('**/challenges', (route) => route.fulfill({ status: 503, headers: { 'Retry-After': '0' } }));
  await page.goto(house.origin);
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'That could not be checked');
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'Welcome');
});
