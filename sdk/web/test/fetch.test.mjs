// symbolon.fetch: requests to an API of the app that demands a proof of the device with each (RFC 9449).
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startApi } from './harness/api.mjs';
import { House } from './harness/house.mjs';
import { on } from './harness/real.mjs';
import { call } from './harness/site.mjs';

const minute = 60_000;
const house = new House();
let api;

before(async () => {
  await house.start();
  api = await startApi(house.real);
});
after(() => Promise.all([house.close(), api?.close()]));
beforeEach(async () => {
  await house.real.reset();
  api.requests = [];
  api.ahead = 0;
});

/** Fetches in the page as the user who is signed in to the app: {status, device, body}, or {error}. */
function send(page, user, path, init = {}, options = {}) {
  return page.evaluate(
    async ([url, session, init, options]) => {
      try {
        const signIn = init.headers?.Authorization ? {} : { 'X-Session': encodeURIComponent(session) };
        const headers = { ...signIn, ...init.headers };
        const response = await symbolon.fetch(url, { ...init, headers }, options);
        const text = await response.text();
        return { status: response.status, type: response.type, ...(text && JSON.parse(text)) };
      } catch ({ name, code }) {
        return { error: { name, code } };
      }
    },
    [new URL(path, api.url).href, user, init, options],
  );
}

const decisions = async () => (await house.real.exchanges(on.decide)).length;
const claimsOf = ({ proof }) => JSON.parse(Buffer.from(proof.split('.')[1], 'base64url').toString());

/** The page's clock is ahead of what it was. */
const moveClock = (page, by) =>
  page.evaluate((by) => {
    const { now } = Date;
    Date.now = () => now() + by;
  }, by);

test('the first request learns a nonce, and the next ones go straight through', async (t) => {
  const { page, user, device } = await house.registered(t);
  const first = await send(page, user, '/balance?of=all#top');
  assert.deepEqual([first.status, first.device.deviceId, first.device.isProven], [200, device.deviceId, true]);
  assert.deepEqual(api.requests.map(claimsOf).map(({ nonce }) => typeof nonce), ['undefined', 'string']);
  assert.equal(claimsOf(api.requests[1]).htu, `${api.url}/balance`, 'without query and fragment');

  assert.equal((await send(page, user, '/balance')).status, 200);
  assert.equal(api.requests.length, 3);
  assert.equal(await decisions(), 1, 'the token is used again');
  assert.equal(new Set(api.requests.map((request) => claimsOf(request).jti)).size, 3, 'no proof is used twice');
});

test('calls at once take one token', async (t) => {
  const { page, user } = await house.registered(t);
  const all = await Promise.all(Array.from({ length: 6 }, () => send(page, user, '/balance')));
  assert.deepEqual(all.map(({ status }) => status), Array(6).fill(200));
  assert.equal(await decisions(), 1);
});

test('what is sent arrives, also when it has to be sent twice', async (t) => {
  const { page, user } = await house.registered(t);
  const body = JSON.stringify({ to: 'Ünal', amount: 12 });
  const answer = await send(page, user, '/balance', { method: 'POST', body });
  assert.deepEqual([answer.status, answer.body], [200, body]);
  assert.deepEqual(api.requests.map(({ method }) => method), ['POST', 'POST']);

  const given = await page.evaluate(
    async ([url, session]) => {
      const form = new FormData();
      form.set('amount', '12');
      const request = new Request(url, { method: 'PUT', body: form, headers: { 'X-Session': session } });
      return (await symbolon.fetch(request)).json();
    },
    [`${api.url}/balance`, encodeURIComponent(user)],
  );
  assert.match(given.body, /name="amount"\r\n\r\n12/);
});

test('a token is replaced half a minute before its end', async (t) => {
  const { page, user } = await house.registered(t);
  await send(page, user, '/balance');
  await moveClock(page, 4 * minute);
  api.ahead = 4 * minute;
  assert.equal((await send(page, user, '/balance')).status, 200);
  assert.equal(await decisions(), 1);
  await moveClock(page, 0.6 * minute);
  api.ahead = 0;
  assert.equal((await send(page, user, '/balance')).status, 200);
  assert.equal(await decisions(), 2);
});

for (const [what, by] of [['a day ahead', 24 * 60 * minute], ['a day behind', -24 * 60 * minute]]) {
  test(`a clock that is ${what} matters to nobody`, async (t) => {
    const { page, user } = await house.registered(t);
    await moveClock(page, by);
    assert.equal((await send(page, user, '/balance')).status, 200);
  });

  test(`neither does one that is set ${what} between two requests`, async (t) => {
    const { page, user } = await house.registered(t);
    await send(page, user, '/balance');
    await moveClock(page, by);
    assert.equal((await send(page, user, '/balance')).status, 200);
  });
}

test('trust that was given a moment ago counts', async (t) => {
  const { page, user, device } = await house.registered(t, { tickets: true });
  assert.equal((await send(page, user, '/transfers', { method: 'POST' })).status, 401);
  assert.equal(await decisions(), 1, 'a token of this very call is not replaced');
  await call(page, 'currentDevice');
  assert.equal((await call(page, 'devices.trust', device.deviceId)).error, undefined);
  const { status, device: seen } = await send(page, user, '/transfers', { method: 'POST' });
  assert.deepEqual([status, seen.trusted], [200, true]);
});

test('a new key takes a new token', async (t) => {
  const { page, user } = await house.registered(t);
  const before = await send(page, user, '/balance');
  assert.equal((await call(page, 'rotate'))?.error, undefined);
  const { status, device } = await send(page, user, '/balance');
  assert.equal(status, 200);
  assert.notEqual(device.thumbprint, before.device.thumbprint);
});

test('several people may use one browser', async (t) => {
  const { page, user } = await house.registered(t);
  const other = house.somebody();
  await call(page, 'register', { assertion: await house.real.ticket(other) });
  assert.equal((await send(page, other, '/balance')).device.userId, other, 'who registered last, if nobody is named');
  assert.equal((await send(page, user, '/balance', {}, { user })).device.userId, user);
  assert.equal((await send(page, user, '/balance')).status, 401);
});

for (const { what, code, prepare } of [
  { what: 'that was never registered', code: 'no_key', prepare: () => undefined },
  {
    what: 'whose registration failed',
    code: 'user_needed',
    prepare: async (page, user) => {
      await house.real.fail({ on: on.register, do: 'rate_limit', retryAfter: '120' });
      await call(page, 'register', { assertion: await house.real.ticket(user) });
    },
  },
]) {
  test(`a browser ${what} is told ${code}, and nothing is sent`, async (t) => {
    const user = house.somebody();
    const page = await house.open(t, user);
    await prepare(page, user);
    assert.deepEqual(await send(page, user, '/balance'), { error: { name: 'SymbolonError', code } });
    assert.equal(api.requests.length, 0);
  });
}

for (const [code, change] of [['device_blocked', 'block'], ['device_unknown', 'remove']]) {
  test(`a device that support did ${change} is told ${code}`, async (t) => {
    const { page, user, device } = await house.registered(t);
    assert.equal((await send(page, user, '/balance')).status, 200);
    await house.real[change](device.deviceId);
    assert.deepEqual(await send(page, user, '/balance'), { error: { name: 'SymbolonError', code } });
  });
}

test('a redirect is not followed: it would carry token and proof to where nobody sent them', async (t) => {
  const { page, user } = await house.registered(t);
  const elsewhere = await startApi(house.real);
  t.after(() => elsewhere.close());
  for (const to of [`${elsewhere.url}/balance`, '/balance']) {
    api.movedTo = to;
    for (const init of [{}, { redirect: 'follow' }]) {
      assert.equal((await send(page, user, '/moved', init)).error.name, 'TypeError');
    }
    assert.equal((await send(page, user, '/moved', { redirect: 'manual' })).type, 'opaqueredirect');
  }
  assert.deepEqual(elsewhere.requests, []);
  assert.ok(api.requests.every(({ path }) => path === '/moved'));
});

test('beside that it fails as the page’s own fetch does', async (t) => {
  const { page, user } = await house.registered(t);
  assert.equal((await send(page, user, 'http://127.0.0.1:1/')).error.name, 'TypeError');
  const aborted = await page.evaluate(
    (url) => symbolon.fetch(url, { signal: AbortSignal.abort() }).catch(({ name }) => name),
    `${api.url}/balance`,
  );
  assert.equal(aborted, 'AbortError');
  assert.equal(api.requests.length, 0);
});

test('a request that could carry no proof is refused', async (t) => {
  const { page, user } = await house.registered(t);
  const { error } = await send(page, user, '/balance', { mode: 'no-cors' });
  assert.deepEqual(error, { name: 'SymbolonError', code: 'invalid_request' });
});

/** A page that signs in by an access token, as apps do that have no cookies. */
const bearerOf = (user) => ({ Authorization: `Bearer ${encodeURIComponent(user)}` });

test('the page’s own Authorization stays, and the device shows itself beside it', async (t) => {
  const { page, user, device } = await house.registered(t);
  const headers = bearerOf(user);
  for (const init of [{ headers }, { method: 'POST', body: 'x', headers: { ...headers, 'Content-Type': 'text/plain' } }]) {
    const { status, device: seen } = await send(page, user, '/balance', init);
    assert.deepEqual([status, seen?.deviceId, seen?.isProven], [200, device.deviceId, true]);
  }
  assert.equal(api.requests.length, 3, 'the first was asked for a nonce');
  assert.ok(api.requests.every(({ authorization }) => authorization === headers.Authorization));

  const { isProven } = await page.evaluate(
    async ([url, headers]) => (await (await symbolon.fetch(new Request(url, { headers }))).json()).device,
    [`${api.url}/balance`, headers],
  );
  assert.equal(isProven, true, 'also that of a Request');
});

test('an Authorization of somebody else’s makes no device theirs', async (t) => {
  const { page, user } = await house.registered(t);
  assert.equal((await send(page, user, '/balance', { headers: bearerOf(house.somebody()) })).status, 401);
});

for (const [what, headers] of [
  ['an access token that is bound to a key', { Authorization: 'DPoP of.the.app' }],
  ['a proof', { DPoP: 'of.the.app' }],
]) {
  test(`${what} of the page’s own is not overwritten: there is room for one proof`, async (t) => {
    const { page, user } = await house.registered(t);
    const { error } = await send(page, user, '/balance', { headers });
    assert.deepEqual(error, { name: 'SymbolonError', code: 'invalid_request' });
    assert.equal(api.requests.length, 0);
  });
}
