// Registering and proving against the real service, with what goes wrong between a browser and it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launch } from './harness/chromium.mjs';
import { readProof } from './harness/proofs.mjs';
import { on, startReal } from './harness/real.mjs';
import { call, open, setUp, startSite } from './harness/site.mjs';

let browser;
let site;
let real;
let options;
/** One browser that many people share; whoever registers on it has a device of their own. */
let shared;

before(async () => {
  [browser, site] = await Promise.all([launch(), startSite()]);
  real = await startReal(new URL(site.url).origin);
  options = { baseUrl: real.url, app: real.app };
  shared = await open(await browser.newContext(), site.url, options);
});
after(() => Promise.all([browser?.close(), site?.close(), real?.close()]));
beforeEach(() => real.reset());

let people = 0;
const somebody = () => `person ${++people}`;

async function newPage(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  return open(context, site.url, options);
}

async function sharedPage(more) {
  await setUp(shared, { ...options, ...more });
  return shared;
}

async function register(page, user) {
  return call(page, 'register', { assertion: await real.ticket(user) });
}

test('a browser is registered, known, and proven to the backend', async (t) => {
  const [page, user] = [await newPage(t), somebody()];
  const device = await register(page, user);
  assert.equal(device.userId, user);
  assert.match(device.deviceName, /^(Chrome|Chromium|HeadlessChrome).* on Linux/);
  assert.equal(device.keyStorage, 'browser');
  assert.equal((await call(page, 'currentDevice')).known, true);

  const payload = 'Pay 1,200 € to Ünal';
  const proved = await call(page, 'prove', { user, action: 'transfer', payload });
  const { payloadHash } = readProof(proved.proof).claims;
  const decision = await real.decide(user, proved, { action: 'transfer', payloadHash });
  assert.deepEqual([decision.proofResult, decision.device.deviceId], ['valid', device.deviceId]);
});

const spoiled = [
  { what: 'the connection drops', do: 'drop' },
  { what: 'the answer is lost after the work was done', do: 'lose_answer' },
  { what: 'nothing comes back in time', do: 'stall', impatience: 400 },
  { what: 'the work is done and nothing comes back in time', do: 'stall_answer', impatience: 400 },
  { what: 'there are too many requests', do: 'rate_limit', retryAfter: '1', pause: 1000 },
  { what: 'the service is not available', do: 'unavailable', retryAfter: '1', pause: 1000 },
];

for (const step of ['challenge', 'register']) {
  for (const { what, impatience, pause = 0, ...fault } of spoiled) {
    test(`a registration of which ${what} at the ${step} makes one device`, async () => {
      const [page, user] = [await sharedPage({ impatience }), somebody()];
      await real.fail({ on: on[step], ...fault });
      const device = await register(page, user);
      assert.equal(device.error, undefined);
      const devices = await real.devicesOf(user);
      assert.deepEqual(devices.map(({ deviceId }) => deviceId), [device.deviceId]);
      await assertTriedAgain(on[step], pause);
      assert.equal((await call(page, 'currentDevice')).known, true);
    });
  }
}

/** The request was sent twice, each time with a challenge of its own, and not before the wait that was asked for. */
async function assertTriedAgain(pattern, pause) {
  const [first, second, ...more] = await real.exchanges(pattern);
  assert.equal(more.length, 0, 'two attempts are enough');
  assert.ok(second.at - first.at >= pause, `${second.at - first.at} ms passed`);
  if (first.body.proof) {
    assert.notEqual(readProof(first.body.proof).claims.challenge, readProof(second.body.proof).claims.challenge);
  }
}

for (const { what, impatience, pause = 0, ...fault } of spoiled) {
  test(`asking about the current device goes on when ${what}`, async () => {
    const [page, user] = [await sharedPage({ impatience }), somebody()];
    await register(page, user);
    await real.reset();
    await real.fail({ on: on.decide, ...fault });
    assert.equal((await call(page, 'currentDevice')).recommendation, 'ALLOW');
    await assertTriedAgain(on.decide, pause);
  });

  test(`proving goes on when ${what}`, async () => {
    const [page, user] = [await sharedPage({ impatience }), somebody()];
    await register(page, user);
    await real.reset();
    await real.fail({ on: on.challenge, ...fault });
    const proved = await call(page, 'prove');
    await assertTriedAgain(on.challenge, pause);
    assert.equal((await real.decide(user, proved)).proofResult, 'valid');
  });
}

test('a wait of two minutes is left to the app', async () => {
  const [page, user] = [await sharedPage(), somebody()];
  await real.fail({ on: on.challenge, do: 'rate_limit', retryAfter: '120' });
  const { error } = await register(page, user);
  assert.deepEqual([error.code, error.status, error.retryAfter], ['rate_limited', 429, 120]);
  assert.deepEqual(await real.devicesOf(user), []);
});

for (const { what, call: name, at } of [
  { what: 'it asks about itself', call: 'currentDevice', at: on.decide },
  { what: 'it proves', call: 'prove', at: on.challenge },
]) {
  test(`a device that is blocked while ${what} is refused`, async (t) => {
    const [page, user] = [await newPage(t), somebody()];
    const { deviceId } = await register(page, user);
    await real.fail({ on: at, do: 'block', device: deviceId });
    const answer = await call(page, name);
    const decision = name === 'prove' ? await real.decide(user, answer) : answer;
    assert.equal(decision.recommendation, 'DENY');
    assert.equal((await register(page, user)).error.code, 'device_blocked', 'registering the key again does not help');
    assert.equal((await real.exchanges(on.register)).length, 2, 'and is not repeated');
  });
}

test('a device that is removed while it asks is not known, and can be registered again', async (t) => {
  const [page, user] = [await newPage(t), somebody()];
  const first = await register(page, user);
  await real.fail({ on: on.decide, do: 'remove', device: first.deviceId });
  const { recommendation, known } = await call(page, 'currentDevice');
  assert.deepEqual([recommendation, known], ['CHALLENGE', false]);
  const second = await register(page, user);
  assert.notEqual(second.deviceId, first.deviceId);
  assert.equal((await call(page, 'currentDevice')).known, true);
});

test('createSymbolon can be told where assertions come from', async (t) => {
  const user = somebody();
  const context = await browser.newContext();
  t.after(() => context.close());
  await context.exposeFunction('ticket', () => real.ticket(user));
  const page = await open(context, site.url, { ...options, tickets: true });
  assert.equal((await call(page, 'register')).userId, user);
  const other = somebody();
  assert.equal((await register(page, other)).userId, other, 'one that is given with the call comes first');
});

test('a page that has no assertion is told so', async (t) => {
  const page = await newPage(t);
  assert.equal((await call(page, 'register')).error.code, 'invalid_request');
  await page.evaluate(() => (window.ticket = () => Promise.reject(new Error('signed out'))));
  await page.evaluate((given) => {
    window.symbolon = createSymbolon({ ...given, assertion: () => window.ticket() });
  }, options);
  const { error } = await call(page, 'register');
  assert.deepEqual([error.code, error.typed], ['unauthenticated', true]);
  assert.match(error.message, /signed out/);
  assert.equal((await real.exchanges()).length, 0, 'nothing was asked of the service');
});

test('a request that the browser itself resends is told from a refusal', async (t) => {
  // The second is a replay without an attacker; of a replay, a client is told no more than of a stranger's proof.
  const lively = await startReal(new URL(site.url).origin, { keepAlive: true });
  t.after(() => lively.close());
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await open(context, site.url, { baseUrl: lively.url, app: lively.app });
  await lively.fail({ on: on.register, do: 'lose_answer' });
  const { userId } = await call(page, 'register', { assertion: await lively.ticket('anna') });
  assert.equal(userId, 'anna');
  assert.equal((await lively.devicesOf('anna')).length, 1);

  await lively.fail({ on: on.decide, do: 'lose_answer' });
  assert.equal((await call(page, 'currentDevice')).known, true);
  const proofs = (await lively.exchanges(on.decide)).map(({ body }) => body.proof);
  assert.ok(proofs.length > new Set(proofs).size, 'the browser did resend one');
});
