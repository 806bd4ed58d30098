// A new key in the place of the old one, on the real service: whatever happens on the way, the device stays itself.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { House } from './harness/house.mjs';
import { on } from './harness/real.mjs';
import { call, setUp, visit } from './harness/site.mjs';
import { storedKeys } from './harness/storage.mjs';

const house = new House();
let real;

before(async () => {
  await house.start();
  ({ real } = house);
});
after(() => house.close());
beforeEach(() => real.reset());

test('the device and its trust stay, and the old key is refused', async (t) => {
  const before = await house.registered(t);
  const { page, user, device } = before;
  await call(page, 'devices.trust', device.deviceId, { assertion: await real.ticket(user) });
  const byTheOldKey = await call(page, 'prove');

  assert.equal(await call(page, 'rotate'), null);
  await house.assertRotated(page, before);
  assert.deepEqual(await storedKeys(page), { ...(await storedKeys(page)), next: undefined, open: false });
  assert.equal((await real.decide(user, await call(page, 'prove'))).recommendation, 'TRUST');
  assert.equal((await real.decide(user, byTheOldKey)).proofResult, 'invalid');
});

test('it can be done again and again', async (t) => {
  const { page, device, user } = await house.registered(t);
  for (const times of [1, 2, 3]) {
    await call(page, 'rotate');
    await house.assertSound(page, { user, device });
    assert.equal(await real.rotations(device.deviceId), times);
  }
});

test('all who share the browser move together', async (t) => {
  const anna = await house.registered(t);
  const bela = house.somebody();
  const device = await call(anna.page, 'register', { assertion: await real.ticket(bela) });
  await call(anna.page, 'rotate');
  await house.assertRotated(anna.page, anna);
  await house.assertSound(anna.page, { user: bela, device });
});

test('a browser that nobody registered has nothing to rotate', async (t) => {
  const { page } = await house.registered(t);
  await call(page, 'forget');
  assert.equal((await call(page, 'rotate')).error.code, 'no_key');
  await call(page, 'register', { assertion: 'no.such.ticket', user: 'anna' });
  assert.equal((await call(page, 'rotate')).error.code, 'no_key', 'nor one whose registration was refused');
  await page.context().addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
  await visit(page, house.site.url, house.options);
  assert.equal((await call(page, 'rotate')).error.code, 'no_storage');
});

const spoiled = [
  { what: 'the connection drops', do: 'drop' },
  { what: 'the answer is lost after the work was done', do: 'lose_answer' },
  { what: 'nothing comes back in time', do: 'stall', impatience: 400 },
  { what: 'the work is done and nothing comes back in time', do: 'stall_answer', impatience: 400 },
  { what: 'there are too many requests', do: 'rate_limit', retryAfter: '1' },
  { what: 'the service is not available', do: 'unavailable', retryAfter: '1' },
];

for (const step of ['challenge', 'rotate']) {
  for (const { what, impatience, ...fault } of spoiled) {
    test(`it is done once when ${what} at the ${step}`, async (t) => {
      const before = await house.registered(t, { impatience });
      await real.fail({ on: on[step], ...fault });
      assert.equal(await call(before.page, 'rotate'), null);
      assert.equal((await real.exchanges()).filter((exchange) => exchange.fault).length, 1, 'the fault was met');
      await house.assertRotated(before.page, before);
    });
  }
}

for (const { what, impatience, ...fault } of spoiled) {
  test(`it is done once when, after a lost answer, ${what} at the question which key counts`, async (t) => {
    const before = await house.registered(t, { impatience });
    await real.fail({ on: on.rotate, do: 'lose_answer' });
    await real.fail({ on: on.decide, ...fault });
    assert.equal(await call(before.page, 'rotate'), null);
    assert.equal((await real.exchanges()).filter((exchange) => exchange.fault).length, 2, 'both faults were met');
    await house.assertRotated(before.page, before);
  });
}

/** Where the tab crashes, and whether the service holds the new key by then. */
const crashes = [
  { where: 'before the service heard of it', stalled: on.challenge, do: 'stall', done: false },
  { where: 'before the new key arrived', stalled: on.rotate, do: 'stall', done: false },
  { where: 'after the new key arrived, before the answer', stalled: on.rotate, do: 'stall_answer', done: true },
  { where: 'while it asks which key counts', lost: on.rotate, stalled: on.decide, do: 'stall', done: true },
];

for (const { where, lost, stalled, do: fault, done } of crashes) {
  for (const next of ['prove', 'currentDevice', 'rotate']) {
    test(`a tab that crashes ${where} costs no key: ${next} goes on`, async (t) => {
      const before = await house.registered(t);
      const { page, device } = before;
      if (lost) {
        await real.fail({ on: lost, do: 'lose_answer' });
      }
      await real.fail({ on: stalled, do: fault });
      page.evaluate(() => void symbolon.rotate()).catch(() => undefined);
      await real.spoiled(stalled);
      await crash(page);
      assert.equal(await real.rotations(device.deviceId), done ? 1 : 0);

      const later = await house.tab(page);
      const answer = await call(later, next);
      assert.equal(answer?.error, undefined);
      if (next === 'currentDevice') {
        assert.equal(answer.known, true);
      }
      await (done || next === 'rotate' ? house.assertRotated(later, before) : house.assertNotRotated(later, before));
    });
  }
}

/** Ends the tab's process, as a crash does. */
async function crash(page) {
  const crashed = page.waitForEvent('crash');
  page.goto('chrome://crash').catch(() => undefined);
  await crashed;
}

test('neither key is lost while it is not known which one counts', async (t) => {
  const before = await house.registered(t);
  const { page, key } = before;
  await real.fail({ on: on.rotate, do: 'stall_answer' });
  page.evaluate(() => void symbolon.rotate()).catch(() => undefined);
  await real.spoiled(on.rotate);
  await crash(page);

  const later = await house.tab(page);
  await real.fail({ on: on.decide, do: 'unavailable', times: 9 });
  assert.equal((await call(later, 'prove')).error.code, 'unavailable', 'no proof by a key that may not count');
  const stored = await storedKeys(later);
  assert.equal(stored.key, key);
  assert.ok(stored.next && stored.open);
  await real.reset();
  await house.assertRotated(later, before);
  assert.equal((await storedKeys(later)).key, stored.next);
});

test('a new key that arrives late is used from then on', async (t) => {
  const before = await house.registered(t, { impatience: 400 });
  const { page } = before;
  await real.fail({ on: on.rotate, do: 'stall', times: 9 });
  assert.equal((await call(page, 'rotate')).error.code, 'network');
  const [lost] = await real.exchanges(on.rotate);
  await real.reset();
  await house.assertNotRotated(page, before);

  assert.equal(await real.arriveLate(lost), 200);
  await house.assertRotated(page, before);
});

test('once nothing can arrive any more the old key is not asked about again', async (t) => {
  const before = await house.registered(t, { impatience: 400 });
  const { page } = before;
  await real.fail({ on: on.rotate, do: 'stall', times: 9 });
  await call(page, 'rotate');
  const { next } = await storedKeys(page);

  await setUp(page, { ...house.options, minutesAhead: 6 });
  await real.reset();
  await call(page, 'prove');
  assert.notEqual((await real.exchanges(on.decide)).length, 0, 'it asks once more');
  assert.equal((await storedKeys(page)).open, false);
  await real.reset();
  await call(page, 'prove');
  assert.equal((await real.exchanges(on.decide)).length, 0);

  await call(page, 'rotate');
  await house.assertRotated(page, before);
  assert.equal((await storedKeys(page)).key, next, 'the key that was made is the one that is taken');
});

test('a device that is blocked in mid-flow keeps its key', async (t) => {
  const before = await house.registered(t);
  const { page, device } = before;
  await real.fail({ on: on.rotate, do: 'block', device: device.deviceId });
  assert.equal((await call(page, 'rotate')).error.code, 'device_blocked');
  assert.equal((await real.exchanges(on.rotate)).length, 1, 'a refusal is not repeated');
  await real.unblock(device.deviceId);
  await house.assertNotRotated(page, before);
});

test('a device that is blocked after the new key arrived has the new one', async (t) => {
  const before = await house.registered(t);
  const { page, device } = before;
  await real.fail({ on: on.rotate, do: 'lose_answer' });
  await real.fail({ on: on.decide, do: 'block', device: device.deviceId });
  assert.equal(await call(page, 'rotate'), null);
  await real.unblock(device.deviceId);
  await house.assertRotated(page, before);
});

test('a device that the service does not know any more has no key to rotate', async (t) => {
  const { page, user, device } = await house.registered(t);
  await real.fail({ on: on.rotate, do: 'remove', device: device.deviceId });
  assert.equal((await call(page, 'rotate')).error.code, 'device_unknown');
  assert.deepEqual(await real.devicesOf(user), []);
});

test('it is registered again where an assertion is at hand', async (t) => {
  const { page, user, device, key } = await house.registered(t, { tickets: true });
  await real.fail({ on: on.rotate, do: 'remove', device: device.deviceId });
  assert.equal(await call(page, 'rotate'), null);
  const [again, ...more] = await real.devicesOf(user);
  assert.equal(more.length, 0);
  assert.notEqual(again.deviceId, device.deviceId);
  await house.assertRotated(page, { user, device: again, key });
});

test('a device that was rotated, removed and registered again is known by its new id', async (t) => {
  const { page, user, device } = await house.registered(t);
  await call(page, 'rotate');
  await real.remove(device.deviceId);
  const again = await call(page, 'register', { assertion: await real.ticket(user) });
  assert.notEqual(again.keyId, device.keyId, 'the service knows nothing of the first key any more');
  await house.assertSound(page, { user, device: again });
  await call(page, 'rotate');
  await house.assertSound(page, { user, device: again });
});

for (const locks of [true, false]) {
  test(`tabs that rotate at once rotate once ${locks ? 'with' : 'without'} Web Locks`, async (t) => {
    const before = await house.registered(t);
    const { page } = before;
    if (!locks) {
      await page.context().addInitScript(() => delete Navigator.prototype.locks);
    }
    const tabs = await Promise.all(Array.from({ length: 4 }, () => house.tab(page)));
    // All have begun by the time when the first can do it.
    await real.fail({ on: on.challenge, do: 'unavailable', retryAfter: '1', times: 4 });
    assert.deepEqual(await Promise.all(tabs.map((tab) => call(tab, 'rotate'))), Array(4).fill(null));
    for (const tab of tabs) {
      await house.assertRotated(tab, before);
    }
  });
}

test('a tab that hangs in the middle does not hold up the others for good', async (t) => {
  const before = await house.registered(t);
  const { page } = before;
  await real.fail({ on: on.rotate, do: 'stall_answer' });
  page.evaluate(() => void symbolon.rotate()).catch(() => undefined);
  await real.spoiled(on.rotate);
  const other = await house.tab(page);
  await house.assertRotated(other, before);
});
