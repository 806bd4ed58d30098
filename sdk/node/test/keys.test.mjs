// The service's public keys: looked up when they are needed, and kept when the service is down.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { createGuard } from '@symbolon/node';
import { faults, newKey, startIssuer } from './harness/issuer.mjs';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** An issuer and a guard with one clock, which a test moves on. */
async function setUp(t) {
  const issuer = await startIssuer();
  t.after(() => issuer.close());
  const world = { issuer, now: Date.parse('2026-03-01T12:00:00Z'), heard: [] };
  const guard = createGuard({
    ...{ issuer: issuer.url, app: 'bank', user: () => 'anna', clock: () => world.now },
    onFault: (fault) => world.heard.push(fault),
  });
  /** The status that a request with a fresh token by the key is answered. */
  world.show = async (key) => {
    const token = issuer.token({ now: world.now }, key);
    const verdict = await guard.check({ headers: {}, rawHeaders: ['Symbolon-Device-Token', token] });
    return verdict.ok ? 200 : verdict.status;
  };
  return world;
}

test('nothing is asked before the first token, and then once', async (t) => {
  const { issuer, show } = await setUp(t);
  assert.equal(issuer.lookUps, 0);
  assert.deepEqual(await Promise.all([show(), show(), show()]), [200, 200, 200]);
  assert.equal(await show(), 200);
  assert.equal(issuer.lookUps, 1);
});

test('a key that is new is found, and one that never was is not looked for at each try', async (t) => {
  const world = await setUp(t);
  const { issuer, show } = world;
  await show();
  const next = newKey('next');
  issuer.keys.push(next);
  world.now += 6 * second;
  assert.equal(await show(next), 200);
  assert.equal(issuer.lookUps, 2);

  const stranger = newKey('stranger');
  assert.equal(await show(stranger), 401);
  assert.equal(issuer.lookUps, 2, 'within five seconds, what is held is the answer');
  world.now += 6 * second;
  assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => show(stranger))), Array(10).fill(401));
  assert.equal(issuer.lookUps, 3);
});

test('a key that was withdrawn is forgotten', async (t) => {
  const world = await setUp(t);
  const { issuer, show } = world;
  const [old] = issuer.keys;
  await show();
  issuer.keys = [newKey('next')];
  assert.equal(await show(old), 200, 'for five minutes at most');
  world.now += 6 * minute;
  assert.equal(await show(old), 200, 'while others are looked up');
  assert.equal(await show(issuer.keys[0]), 200);
  assert.equal(await show(old), 401);
});

for (const idle of [11 * minute, 3 * 24 * hour]) {
  test(`after ${idle / minute} minutes without a request, no withdrawn key opens the API, not even once`, async (t) => {
    const world = await setUp(t);
    const { issuer, show } = world;
    const [old] = issuer.keys;
    await show();
    issuer.keys = [newKey('next')];
    world.now += idle;
    assert.deepEqual(await Promise.all([show(old), show(old), show(issuer.keys[0])]), [401, 401, 200]);
    assert.equal(issuer.lookUps, 2);
  });
}

test('a clock that is set back makes no pause last, and no key', async (t) => {
  const world = await setUp(t);
  const { issuer, show } = world;
  const [old] = issuer.keys;
  await show();
  world.now -= hour;
  const next = newKey('next');
  issuer.keys = [next];
  assert.deepEqual([await show(next), await show(old)], [200, 401]);
  issuer.faults.keys = faults.drop;
  world.now += 6 * minute;
  await show(next);
  world.now -= hour;
  issuer.faults = {};
  issuer.keys = [newKey('last')];
  assert.equal(await show(issuer.keys[0]), 200, 'the service is not left in peace for an hour');
});

test('an outage is survived for a day, and then nobody knows which keys still count', async (t) => {
  const world = await setUp(t);
  const { issuer, show, heard } = world;
  await show();
  issuer.faults.keys = faults.drop;
  world.now += 24 * hour;
  assert.equal(await show(), 200);
  world.now += 6 * second;
  assert.deepEqual([await show(), await show()], [503, 503]);
  assert.match(heard[0].message, /^the keys of device tokens could not be had from http/);
  issuer.faults = {};
  world.now += 6 * second;
  assert.equal(await show(), 200);
});

test('in an outage that is known, nobody waits for look-ups that fail', async (t) => {
  const world = await setUp(t);
  const { issuer, show } = world;
  await show();
  issuer.faults.keys = faults.drop;
  world.now += 11 * minute;
  assert.equal(await show(), 200);
  issuer.faults.keys = () => undefined; // It takes the question, and never answers.
  world.now += minute;
  assert.equal(await Promise.race([show(), after(2 * second, 'kept waiting', { ref: false })]), 200);
});

for (const [what, keys] of Object.entries({
  'no key': [],
  'a key of another kind': [{ kty: 'RSA', kid: 'first', n: 'sXch', e: 'AQAB' }],
  'a key for something else': [{ ...newKey('first').jwk, use: 'enc' }],
  'a key that is none': [{ kty: 'OKP', crv: 'Ed25519', kid: 'first' }, null],
})) {
  test(`an answer with ${what} throws no good keys away`, async (t) => {
    const world = await setUp(t);
    const { issuer, show, heard } = world;
    await show();
    issuer.faults.keys = faults.status(200, JSON.stringify({ keys }));
    world.now += 11 * minute;
    assert.deepEqual([await show(), await show(newKey('next'))], [200, 503]);
    assert.match(heard[0].cause.message, /no key for EdDSA or ES256/);
  });
}

for (const [what, fault] of Object.entries({
  'is unreachable': faults.drop,
  'is not available': faults.status(503),
  'answers nonsense': faults.nonsense,
  'answers without keys': faults.status(200, '{}'),
  'answers null': faults.status(200, 'null'),
  'leads elsewhere': faults.redirect('/keys'),
})) {
  test(`while the service ${what}, the keys that are held serve, and others are unknown`, async (t) => {
    const world = await setUp(t);
    const { issuer, show, heard } = world;
    await show();
    issuer.faults.keys = fault;
    world.now += 60 * minute;
    assert.equal(await show(), 200);
    const next = newKey('next');
    assert.equal(await show(next), 503, 'it may be a new key of the service');
    assert.match(heard[0].message, /^the keys of device tokens could not be had from http/);
    issuer.keys.push(next);
    issuer.faults = {};
    world.now += 6 * second;
    assert.equal(await show(next), 200, 'it is asked again');
  });
}

test('before any key was had, a service that is down admits nobody and refuses nobody', async (t) => {
  const world = await setUp(t);
  const { issuer, show } = world;
  issuer.faults.keys = faults.drop;
  assert.deepEqual([await show(), await show()], [503, 503]);
  assert.equal(issuer.lookUps, 1, 'it is left in peace for five seconds');
  issuer.faults = {};
  world.now += 6 * second;
  assert.equal(await show(), 200);
});
