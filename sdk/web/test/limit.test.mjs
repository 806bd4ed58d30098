// A user who has as many devices as the policy allows says which of them makes room.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { House } from './harness/house.mjs';
import { on } from './harness/real.mjs';
import { call } from './harness/site.mjs';
import { typeErrors } from './harness/types.mjs';

const house = new House();
let real;

before(async () => {
  await house.start();
  ({ real } = house);
});
after(() => house.close());
beforeEach(() => real.reset());

/** A user with a laptop and a phone, which is all that they may have, before a new browser. */
async function aFullHouse(t, overflow) {
  await real.setPolicy({ limits: { devices: 2, overflow } });
  const laptop = await house.registered(t);
  const phone = await house.registered(t, { user: laptop.user });
  return { laptop, phone, user: laptop.user, page: await house.open(t, laptop.user) };
}

const ids = (devices) => devices.map(({ deviceId }) => deviceId).sort();

async function register(page, user, more) {
  return call(page, 'register', { assertion: await real.ticket(user), ...more });
}

test('the refusal names the devices, and the chosen one makes room', async (t) => {
  const { laptop, phone, user, page } = await aFullHouse(t, 'user_choose');
  const { error } = await register(page, user);
  assert.deepEqual([error.code, error.status], ['device_limit_reached', 409]);
  assert.deepEqual(ids(error.choices), ids([laptop.device, phone.device]));
  assert.ok(error.choices.every((device) => device.deviceName !== '' && !('publicKey' in device)), 'as their user sees them');

  const device = await register(page, user, { replace: [phone.device.deviceId] });
  assert.equal(device.error, undefined);
  assert.deepEqual(ids(await real.devicesOf(user)), ids([laptop.device, device]));
  await house.assertSound(page, { user, device });
});

test('the choices are devices also to the compiler', async (t) => {
  const { user, page } = await aFullHouse(t, 'user_choose');
  const { choices } = (await register(page, user)).error;
  const source = `import type { SymbolonError } from '@symbolon/web';
    export const choices: SymbolonError['choices'] = ${JSON.stringify(choices)};`;
  assert.deepEqual(typeErrors(source), []);
  assert.notDeepEqual(typeErrors(source.replaceAll('deviceName', 'devicename')), [], 'another member is found');
});

test('an answer that was lost removes nothing else when it is asked for again', async (t) => {
  const { laptop, phone, user, page } = await aFullHouse(t, 'user_choose');
  await real.fail({ on: on.register, do: 'lose_answer' });
  const device = await register(page, user, { replace: [phone.device.deviceId] });
  assert.equal(device.error, undefined);
  assert.deepEqual(ids(await real.devicesOf(user)), ids([laptop.device, device]));
});

test("nobody else's device can be made to go", async (t) => {
  const { user, page } = await aFullHouse(t, 'user_choose');
  const other = await house.registered(t);
  const { error } = await register(page, user, { replace: [other.device.deviceId] });
  assert.ok(error.status >= 400 && error.status < 500, `it is refused: ${error.code}`);
  assert.deepEqual(ids(await real.devicesOf(other.user)), ids([other.device]));
});

test('where the user has no choice, the refusal names no devices', async (t) => {
  const { user, page } = await aFullHouse(t, 'reject');
  const { error } = await register(page, user);
  assert.deepEqual([error.code, error.choices], ['device_limit_reached', undefined]);
});
