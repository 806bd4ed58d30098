// A pass that Chromium renews by a key of its own: Device Bound Session Credentials, with keys in software.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { test } from 'node:test';
import { openBrowser, sees, startProxied, told } from './harness/proxied.mjs';

// Both features: the keys of the platform are not to be had in a test.
const args = ['--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting'];
const pass = '__Host-symbolon_bank';

/** A browser that registered and has bound its session; `events` are what the browser says of it. */
async function boundBrowser(t, options) {
  const house = await startProxied(t, { person: 'alice', ...options });
  const page = await openBrowser(t, house, { args });
  const events = await watch(page);
  await page.goto(house.origin);
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'Welcome');
  await until(() => events.some(({ creationEventDetails: made }) => made?.fetchResult === 'Success'));
  return { house, page, events };
}

async function watch(page) {
  const events = [];
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Network.deviceBoundSessionEventOccurred', (event) => events.push(event));
  await devtools.send('Network.enable');
  await devtools.send('Network.enableDeviceBoundSessions', { enable: true });
  return events;
}

async function until(holds) {
  const giveUp = AbortSignal.timeout(20_000);
  while (!(await holds())) {
    giveUp.throwIfAborted();
    await new Promise((later) => setTimeout(later, 20));
  }
}

/** As when its ten minutes are over. */
const endPass = (page) => page.context().clearCookies({ name: pass });

test('once the device was checked, the browser renews the pass alone, and the record says so', async (t) => {
  const { house, page, events } = await boundBrowser(t);
  const [device] = await house.devices('alice');
  assert.ok(Date.parse(device.sessionBoundAt) > Date.parse(device.createdAt));

  await endPass(page);
  const response = await page.goto(`${house.origin}/later`);
  assert.equal(response.request().redirectedFrom(), null, 'no device check lay on the way');
  await sees(page, 'Welcome');
  const { headers } = await told(page);
  assert.equal(headers['x-symbolon-bound'], 'true');
  assert.equal(headers['x-symbolon-device'], device.deviceId);
  assert.equal(headers.cookie, undefined);
  assert.ok(events.some(({ refreshEventDetails: refresh }) => refresh?.refreshResult === 'Refreshed'));
});

test('a blocked device gets no new pass, and its session ends', async (t) => {
  const { house, page, events } = await boundBrowser(t);
  const [{ deviceId }] = await house.devices('alice');
  await house.block(deviceId);
  assert.equal((await page.goto(house.origin)).status(), 403);
  await endPass(page);
  await page.goto(house.origin);
  await sees(page, 'This browser may not open the app');
  assert.ok(events.some(({ terminationEventDetails: end }) => end?.deletionReason === 'RefreshFatalError'));
  assert.deepEqual(await page.context().cookies(), []);
});

test('a service that is overloaded does not cost the session', async (t) => {
  const { house, page, events } = await boundBrowser(t, { serve: ['--public-rate', '20', '--public-burst', '60'] });
  const calm = await overload(house);
  await endPass(page);
  assert.equal((await page.goto(`${house.origin}/busy`)).status(), 503);
  assert.ok(events.some(({ refreshEventDetails: refresh }) => refresh?.failedRequest?.responseError === 503));
  await calm();

  const response = await page.goto(`${house.origin}/later`);
  assert.equal(response.request().redirectedFrom(), null, 'no device check lay on the way');
  await sees(page, 'Welcome');
  assert.equal((await told(page)).headers['x-symbolon-bound'], 'true');
  assert.equal(events.filter(({ creationEventDetails: made }) => made).length, 1, 'no second session was needed');
  assert.ok(!events.some(({ terminationEventDetails: end }) => end));
});

test('a script in the page reads the offer, and neither it nor whom it tells can bind a session', async (t) => {
  const house = await startProxied(t, { person: 'alice' });
  const page = await openBrowser(t, house); // without sessions of its own: the offer stays open
  await page.addInitScript(() => {
    const { fetch } = window;
    window.fetch = async (...what) => {
      const response = await fetch(...what);
      const offer = response.headers.get('Secure-Session-Registration');
      if (offer) sessionStorage.setItem('offer', offer);
      return response;
    };
  });
  await page.goto(house.origin);
  await page.getByRole('button', { name: 'Register this browser' }).click();
  await sees(page, 'Welcome');

  const { path, response, answers } = await page.evaluate(bindByScript);
  assert.equal(answers.cors.status, 403);
  assert.equal(answers['same-origin'].status, 403);
  assert.match(answers['no-cors'].text, /Secure-Session-Response must be given/, 'the browser takes the header away');

  const asTheBrowser = { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'empty' };
  assert.equal(await post(house, path, { 'Secure-Session-Response': response }), 403);
  assert.equal(await post(house, path, { 'Secure-Session-Response': response, ...asTheBrowser }), 400);
  const [{ value }] = await page.context().cookies();
  assert.equal((await house.devices('alice'))[0].sessionBoundAt, undefined);
  const whole = { 'Secure-Session-Response': response, ...asTheBrowser, Cookie: `${pass}=${value}` };
  assert.equal(await post(house, path, whole), 200, 'the cookie is all that was missing');
});

/** In the page: answers the offer by a key of its own, in each mode that a script can choose. */
async function bindByScript() {
  const offer = sessionStorage.getItem('offer');
  const [path, challenge, authorization] = ['path', 'challenge', 'authorization'].map((name) => offer.match(`${name}="([^"]+)"`)[1]);
  const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const written = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const spelt = (value) => written(new TextEncoder().encode(JSON.stringify(value)));
  const signed = `${spelt({ alg: 'ES256', typ: 'dbsc+jwt', jwk: { kty, crv, x, y } })}.${spelt({ jti: challenge, authorization })}`;
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(signed));
  const response = `${signed}.${written(new Uint8Array(signature))}`;
  const answers = {};
  for (const mode of ['cors', 'same-origin', 'no-cors']) {
    const answer = await fetch(path, { method: 'POST', mode, headers: { 'Secure-Session-Response': response } });
    answers[mode] = { status: answer.status, text: await answer.text() };
  }
  return { path, response, answers };
}

/** From elsewhere, by no browser. */
const post = ({ origin }, path, headers) => {
  const { hostname, host, port } = new URL(origin);
  const options = { method: 'POST', host: '127.0.0.1', port, path, servername: hostname, rejectUnauthorized: false };
  return new Promise((tell, fail) => {
    request({ ...options, headers: { Host: host, ...headers } }, (response) => response.resume().on('end', () => tell(response.statusCode)))
      .on('error', fail)
      .end();
  });
};

/** Asks for more than the service gives to one address, until `calm` is called and it has some to give again. */
async function overload(house) {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const { hostname, host, port } = new URL(house.origin);
  const options = { host: '127.0.0.1', port, path: '/device-check?app=bank', servername: hostname, headers: { Host: host }, agent };
  const ask = () =>
    new Promise((tell, fail) => {
      request(options, (response) => response.resume().on('end', () => tell(response.statusCode))).on('error', fail).end();
    });
  await until(async () => (await ask()) === 503);
  let isOver = false;
  const asking = (async () => {
    while (!isOver) await ask();
  })();
  return async () => {
    isOver = true;
    await asking;
    agent.destroy();
    await new Promise((refilled) => setTimeout(refilled, 1500));
  };
}
