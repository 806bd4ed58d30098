// Where the app's policy sets an age for keys, they are replaced without anybody asking.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { House } from './harness/house.mjs';
import { on } from './harness/real.mjs';
import { call, setUp } from './harness/site.mjs';
import { storedKeys } from './harness/storage.mjs';

const day = 24 * 60 * 60_000;
const house = new House();
let real;

before(async () => {
  await house.start();
  ({ real } = house);
});
after(() => house.close());
beforeEach(async () => {
  await real.reset();
  await real.setPolicy({ registration: { keyMaxAge: 'P90D' } });
});

/** A browser whose key is so many days old, and which heard of that when it asked about itself. */
async function aged(t, days, more) {
  const before = await house.registered(t, more);
  await real.age(before.device.deviceId, `P${days}D`);
  const { known } = await call(before.page, 'currentDevice');
  assert.equal(known, true);
  await real.reset();
  return before;
}

test('a device learns when its key is to be replaced', async (t) => {
  const { page, user, device } = await house.registered(t);
  const due = new Date(Date.parse(device.createdAt) + 60 * day);
  assert.equal(Date.parse(device.rotateAfter), due.getTime(), 'when it is registered');
  assert.equal((await call(page, 'currentDevice')).rotateAfter, device.rotateAfter, 'when it asks about itself');
  const assertion = await real.ticket(user);
  const [{ rotateAfter }] = await call(page, 'devices.list', { assertion });
  assert.equal(rotateAfter, device.rotateAfter, 'and in the list');
  await house.assertNotRotated(page, { user, device, key: (await storedKeys(page)).key });
});

const uses = {
  prove: (page) => call(page, 'prove'),
  currentDevice: (page) => call(page, 'currentDevice'),
  register: async (page, user) => call(page, 'register', { assertion: await real.ticket(user) }),
  'devices.list': async (page, user) => call(page, 'devices.list', { assertion: await real.ticket(user) }),
};

for (const [name, use] of Object.entries(uses)) {
  test(`${name} replaces a key 30 days before its age ends, and no sooner`, async (t) => {
    const young = await aged(t, 59);
    await use(young.page, young.user);
    await house.assertNotRotated(young.page, young);

    const old = await aged(t, 61);
    const answer = await use(old.page, old.user);
    assert.equal(answer.error, undefined);
    assert.equal(await real.rotations(old.device.deviceId), 1);
    await house.assertRotated(old.page, old);
    const { rotateAfter } = await call(old.page, 'currentDevice');
    assert.ok(Date.parse(rotateAfter) > Date.now() + 59 * day, 'the next time is far off');
  });
}

test('the proof that is given out is by the key that counts', async (t) => {
  const old = await aged(t, 61);
  const proved = await call(old.page, 'prove');
  assert.equal(await real.rotations(old.device.deviceId), 1);
  assert.equal((await real.decide(old.user, proved)).proofResult, 'valid');
});

test('an age that is set later is heard of when the browser asks about itself', async (t) => {
  await real.setPolicy({});
  const before = await aged(t, 61);
  await house.assertNotRotated(before.page, before);
  await real.setPolicy({ registration: { keyMaxAge: 'P90D' } });
  await call(before.page, 'currentDevice');
  await house.assertRotated(before.page, before);
});

test('an age that is taken back is forgotten', async (t) => {
  const before = await aged(t, 59);
  await real.setPolicy({});
  await call(before.page, 'currentDevice');
  await setUp(before.page, { ...house.options, minutesAhead: 2 * 24 * 60 });
  await house.assertNotRotated(before.page, before);
});

test('tabs that find it due at once replace it once, and each has a valid proof', async (t) => {
  const old = await aged(t, 61);
  const tabs = await Promise.all(Array.from({ length: 4 }, () => house.tab(old.page)));
  const proofs = await Promise.all(tabs.map((tab) => call(tab, 'prove')));
  for (const proved of proofs) {
    assert.equal((await real.decide(old.user, proved)).proofResult, 'valid');
  }
  await house.assertRotated(old.page, old);
});

test('the clock of the device does not count', async (t) => {
  const young = await house.registered(t);
  const ahead = await house.tab(young.page);
  await ahead.clock.setFixedTime('2199-01-01T00:00:00Z');
  await house.assertNotRotated(ahead, young);

  const old = await aged(t, 61);
  const behind = await house.tab(old.page);
  await behind.clock.setFixedTime('2001-01-01T00:00:00Z');
  await house.assertRotated(behind, old);
});

/** A key that two people share, of whom one is blocked, can't be replaced. */
async function refused(t) {
  const anna = await house.registered(t);
  const bela = await call(anna.page, 'register', { assertion: await real.ticket(house.somebody()) });
  await call(anna.page, 'register', { assertion: await real.ticket(anna.user) });
  await real.block(bela.deviceId);
  await real.age(anna.device.deviceId, 'P61D');
  await call(anna.page, 'currentDevice');
  await real.reset();
  return { ...anna, bela };
}

test('a refusal stops no sign-in, and is taken for a day', async (t) => {
  const { page, user, device, key, bela } = await refused(t);
  for (const time of ['first', 'second']) {
    assert.equal((await real.decide(user, await call(page, 'prove'))).proofResult, 'valid', time);
  }
  assert.equal((await real.exchanges(on.rotate)).length, 1);
  assert.equal((await storedKeys(page)).postponed, true);

  await real.unblock(bela.deviceId);
  await setUp(page, { ...house.options, minutesAhead: 23 * 60 });
  await house.assertNotRotated(page, { user, device, key });
  await setUp(page, { ...house.options, minutesAhead: 25 * 60 });
  await house.assertRotated(page, { user, device, key });
  assert.equal((await storedKeys(page)).postponed, false);
});

for (const fault of ['drop', 'lose_answer', 'unavailable', 'rate_limit']) {
  for (const step of ['rotate', 'decide']) {
    test(`a sign-in goes on through ${fault} at the ${step} of a rotation`, async (t) => {
      const old = await aged(t, 61);
      if (step === 'decide') {
        await real.fail({ on: on.rotate, do: 'lose_answer' });
      }
      await real.fail({ on: on[step], do: fault, retryAfter: '1' });
      const proved = await call(old.page, 'prove');
      assert.equal((await real.decide(old.user, proved)).proofResult, 'valid');
      await house.assertSound(old.page, old);
      assert.equal((await real.exchanges()).filter((exchange) => exchange.fault).length, step === 'rotate' ? 1 : 2);
    });
  }
}

test('a tab that crashes while the key is replaced by itself costs no key', async (t) => {
  const old = await aged(t, 61);
  await real.fail({ on: on.rotate, do: 'stall_answer' });
  old.page.evaluate(() => void symbolon.prove()).catch(() => undefined);
  await real.spoiled(on.rotate);
  await old.page.close();
  await house.assertRotated(await house.tab(old.page), old);
});
