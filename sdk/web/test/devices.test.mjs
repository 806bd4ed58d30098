// What a signed-in user does with their devices, on the real service.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { readProof } from './harness/proofs.mjs';
import { House } from './harness/house.mjs';
import { on } from './harness/real.mjs';
import { call, setUp } from './harness/site.mjs';
import { typeErrors } from './harness/types.mjs';

const house = new House();
let real;

before(async () => {
  await house.start();
  ({ real } = house);
});
after(() => house.close());
beforeEach(async () => {
  await real.reset();
  await real.setPolicy({});
});

/** A user's laptop and phone, each a browser of its own. Their pages give assertions themselves. */
async function twoBrowsers(t) {
  const laptop = await house.registered(t, { tickets: true });
  const phone = await house.registered(t, { user: laptop.user, tickets: true });
  return { laptop, phone, user: laptop.user };
}

const ids = (devices) => devices.map(({ deviceId }) => deviceId);
const marked = (devices) => devices.map(({ deviceId, isCurrent }) => [deviceId, isCurrent]);

test('the list says which device is this browser, and never shows a key', async (t) => {
  const { laptop, phone } = await twoBrowsers(t);
  const listed = await call(laptop.page, 'devices.list');
  assert.deepEqual(ids(listed), [phone.device.deviceId, laptop.device.deviceId], 'the latest first');
  assert.deepEqual(listed.map(({ isCurrent }) => isCurrent), [false, true]);
  assert.ok(listed.every((device) => !('publicKey' in device)));
});

test('what the service answers fits the types', async (t) => {
  await real.setPolicy({ registration: { keyMaxAge: 'P90D' } });
  const { laptop, phone } = await twoBrowsers(t);
  await call(laptop.page, 'devices.trust', laptop.device.deviceId);
  await call(laptop.page, 'currentDevice');
  await call(laptop.page, 'devices.reportLost', phone.device.deviceId);
  const listed = await call(laptop.page, 'devices.list');
  const decision = await call(laptop.page, 'currentDevice');
  const source = `import type { CurrentDevice, Device } from '@symbolon/web';
    export const listed: Device[] = ${JSON.stringify(listed)};
    export const decision: CurrentDevice = ${JSON.stringify(decision)};`;
  assert.deepEqual(typeErrors(source), []);
  assert.ok(listed.some(({ trust }) => trust) && listed.some(({ block }) => block), 'all there is was looked at');
  assert.notDeepEqual(typeErrors(source.replaceAll('deviceName', 'devicename')), [], 'another member is found');
});

test('a device is renamed', async (t) => {
  const { laptop, phone } = await twoBrowsers(t);
  for (const { deviceId } of [laptop.device, phone.device]) {
    const renamed = await call(laptop.page, 'devices.rename', deviceId, 'Ünals Gerät');
    assert.deepEqual([renamed.deviceId, renamed.deviceName], [deviceId, 'Ünals Gerät']);
    assert.equal(renamed.isCurrent, deviceId === laptop.device.deviceId);
    assert.equal((await real.device(deviceId)).deviceName, 'Ünals Gerät');
  }
  const { error } = await call(laptop.page, 'devices.rename', laptop.device.deviceId, '');
  assert.equal(error.code, 'invalid_request');
});

test('trusting this browser takes a second factor that was just passed', async (t) => {
  const { page, user, device } = await house.registered(t);
  const trust = async (given, terms) =>
    call(page, 'devices.trust', device.deviceId, { assertion: await real.ticket(user, given), ...terms });
  assert.equal((await trust({ factor: '' })).error.code, 'forbidden');
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
  assert.equal((await trust({ authTime: anHourAgo })).error.code, 'forbidden');

  const trusted = await trust({ factor: 'otp' });
  assert.equal(trusted.trust.factor, 'otp');
  const { recommendation, secondFactor } = await real.decide(user, await call(page, 'prove'));
  assert.deepEqual([recommendation, secondFactor], ['TRUST', 'skip']);
});

test('trust lasts as long as was asked for, where the policy allows it', async (t) => {
  const { laptop } = await twoBrowsers(t);
  const trust = async (terms) => call(laptop.page, 'devices.trust', laptop.device.deviceId, terms);
  const day = 24 * 60 * 60_000;
  const week = await trust({ duration: 'P7D' });
  assert.equal(Date.parse(week.trust.trustedUntil) - Date.parse(week.trust.grantedAt), 7 * day);
  const until = new Date(Date.now() + 2 * day).toISOString();
  assert.equal(Date.parse((await trust({ until })).trust.trustedUntil), Date.parse(until));
  assert.equal(typeof (await trust({ permanent: true })).error.code, 'string', 'not by default');
  await real.setPolicy({ trust: { permanent: true } });
  assert.equal((await trust({ permanent: true })).trust.trustedUntil, null);
  assert.equal((await trust({ duration: 'P1D', permanent: true })).error.code, 'invalid_request');
});

test('only the browser that asks can be trusted', async (t) => {
  const { laptop, phone } = await twoBrowsers(t);
  const { error } = await call(laptop.page, 'devices.trust', phone.device.deviceId);
  assert.equal(error.code, 'forbidden');
});

test('a device that is distrusted needs the second factor again', async (t) => {
  const { laptop, phone, user } = await twoBrowsers(t);
  await call(phone.page, 'devices.trust', phone.device.deviceId);
  const distrusted = await call(laptop.page, 'devices.distrust', phone.device.deviceId);
  assert.notEqual(distrusted.trust.revokedAt, undefined);
  assert.equal((await real.decide(user, await call(phone.page, 'prove'))).secondFactor, 'require');
});

test('a device that is removed is not known any more', async (t) => {
  const { laptop, phone } = await twoBrowsers(t);
  assert.equal(await call(laptop.page, 'devices.remove', phone.device.deviceId), null);
  assert.deepEqual(ids(await call(laptop.page, 'devices.list')), [laptop.device.deviceId]);
  assert.equal((await call(phone.page, 'currentDevice')).known, false);
  const { error } = await call(laptop.page, 'devices.remove', phone.device.deviceId);
  assert.deepEqual([error.code, error.status], ['device_unknown', 404]);
});

test('a new browser without a second factor changes no other device', async (t) => {
  const { laptop, phone, user } = await twoBrowsers(t);
  const ask = async (name, ...args) =>
    call(laptop.page, `devices.${name}`, ...args, { assertion: await real.ticket(user, { factor: '' }) });
  for (const name of ['remove', 'reportLost', 'distrust']) {
    assert.equal((await ask(name, phone.device.deviceId)).error.code, 'forbidden', name);
  }
  assert.equal((await ask('signOutOthers')).error.code, 'forbidden');
  const { deviceName } = await ask('rename', laptop.device.deviceId, 'Mine');
  assert.equal(deviceName, 'Mine', 'its own it may change');
});

test('this browser, once removed, does not come back unasked', async (t) => {
  const { laptop, phone, user } = await twoBrowsers(t);
  await call(laptop.page, 'devices.remove', laptop.device.deviceId);
  const listed = await call(laptop.page, 'devices.list');
  assert.deepEqual(marked(listed), [[phone.device.deviceId, false]]);
  assert.equal((await call(laptop.page, 'rotate')).error.code, 'no_key');
  const again = await call(laptop.page, 'register');
  assert.notEqual(again.deviceId, laptop.device.deviceId);
  assert.equal((await real.devicesOf(user)).length, 2);
});

test('a device that is reported lost is blocked', async (t) => {
  const { laptop, phone } = await twoBrowsers(t);
  const lost = await call(laptop.page, 'devices.reportLost', phone.device.deviceId);
  assert.equal(lost.status, 'blocked');
  assert.equal((await call(phone.page, 'currentDevice')).recommendation, 'DENY');
  assert.equal((await call(phone.page, 'devices.list')).error.code, 'device_blocked');
  assert.equal((await call(phone.page, 'register')).error.code, 'device_blocked');
});

test('signing out the others leaves this one, and those that are blocked', async (t) => {
  const { laptop, phone, user } = await twoBrowsers(t);
  const tablet = await house.registered(t, { user });
  await real.block(tablet.device.deviceId);
  assert.deepEqual(await call(laptop.page, 'devices.signOutOthers'), [phone.device.deviceId]);
  assert.deepEqual(ids(await call(laptop.page, 'devices.list')), [tablet.device.deviceId, laptop.device.deviceId]);
});

/** What each change comes to, and where its answer can be lost. */
const changes = {
  rename: { call: ['devices.rename', 'Phone'], of: ({ deviceName }) => deviceName, want: 'Phone' },
  remove: { call: ['devices.remove'], of: (answer) => answer, want: null },
  signOutOthers: { call: ['devices.signOutOthers'], of: ({ length }) => length, want: 1 },
};

for (const [name, { call: [called, ...args], of, want }] of Object.entries(changes)) {
  for (const { impatience, ...fault } of [
    { do: 'lose_answer' },
    { do: 'stall_answer', impatience: 400 },
    { do: 'drop' },
    { do: 'unavailable', retryAfter: '1' },
    { do: 'rate_limit', retryAfter: '1' },
  ]) {
    test(`${name} is done once through ${fault.do}, and answered as if nothing had happened`, async (t) => {
      const { laptop, phone } = await twoBrowsers(t);
      await setUp(laptop.page, { ...house.options, tickets: true, impatience });
      await real.reset();
      await real.fail({ on: on[name], ...fault });
      const id = name === 'signOutOthers' ? [] : [phone.device.deviceId];
      const answer = await call(laptop.page, called, ...id, ...args);
      assert.equal(of(answer), want, JSON.stringify(answer));
      const challenges = (await real.exchanges(on[name])).map(({ proof }) => readProof(proof).claims.challenge);
      assert.equal(challenges.length, 2);
      assert.notEqual(challenges[0], challenges[1], 'each attempt has a proof of its own');
    });
  }
}

test('a browser that staff removed is registered again, where its user is signed in', async (t) => {
  const { page, user, device } = await house.registered(t, { tickets: true });
  await real.remove(device.deviceId);
  const [again, ...more] = await call(page, 'devices.list');
  assert.equal(more.length, 0);
  assert.notEqual(again.deviceId, device.deviceId);
  assert.equal(again.isCurrent, true);
  assert.equal((await real.decide(user, await call(page, 'prove'))).device.deviceId, again.deviceId);
  assert.equal(again.trust, undefined, 'without trust');
});

test('so is one that is removed in mid-flow', async (t) => {
  const { page, device } = await house.registered(t, { tickets: true });
  await real.fail({ on: on.list, do: 'remove', device: device.deviceId });
  const [again] = await call(page, 'devices.list');
  assert.deepEqual([again.isCurrent, again.deviceId === device.deviceId], [true, false]);
});

test('where it may not be registered again, the user sees the list all the same', async (t) => {
  const { laptop, phone } = await twoBrowsers(t);
  await real.remove(laptop.device.deviceId);
  await real.setPolicy({ limits: { devices: 1 } });
  const listed = await call(laptop.page, 'devices.list');
  assert.deepEqual(marked(listed), [[phone.device.deviceId, false]]);
  await call(laptop.page, 'devices.remove', phone.device.deviceId);
  assert.equal((await call(laptop.page, 'register')).error, undefined, 'and can make room');
});

test('a user who never registered this browser is not registered unasked', async (t) => {
  const { page } = await house.registered(t);
  const guest = house.somebody();
  const elsewhere = await house.registered(t, { user: guest });
  const listed = await call(page, 'devices.list', { assertion: await real.ticket(guest) });
  assert.deepEqual(marked(listed), [[elsewhere.device.deviceId, false]]);
});

test('a browser without a key shows the list as well', async (t) => {
  const { user, device } = await house.registered(t);
  const page = await house.open(t, user, { tickets: true });
  const listed = await call(page, 'devices.list');
  assert.deepEqual(marked(listed), [[device.deviceId, false]]);
  assert.equal((await real.exchanges(on.list))[0].proof, undefined);
});

test('nobody who is not signed in gets at devices', async (t) => {
  const { page, device } = await house.registered(t);
  assert.equal((await call(page, 'devices.list')).error.code, 'invalid_request', 'an assertion is needed');
  const assertion = 'not.a.ticket';
  assert.equal((await call(page, 'devices.list', { assertion })).error.code, 'unauthenticated');
  assert.equal((await call(page, 'devices.remove', device.deviceId, { assertion })).error.code, 'unauthenticated');
});

test('what can be no device id is refused before anything is sent', async (t) => {
  const { page } = await house.registered(t, { tickets: true });
  for (const id of [undefined, '', '.', '..', 12]) {
    for (const name of ['rename', 'trust', 'distrust', 'remove', 'reportLost']) {
      const { error } = await call(page, `devices.${name}`, id);
      assert.deepEqual([error.code, error.typed], ['invalid_request', true], `${name} ${id}`);
    }
  }
  assert.equal((await real.exchanges()).length, 0);
  const { error } = await call(page, 'devices.remove', 'a/b?c#d');
  assert.equal(error.code, 'device_unknown', 'any other text is an id');
});
