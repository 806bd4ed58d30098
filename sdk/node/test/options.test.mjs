// What a guard may be told, and what is said of a slip: at the start, not at the first request.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard, deviceOf } from '@symbolon/node';

const good = { issuer: 'https://devices.example.com', app: 'bank', user: () => 'anna' };

for (const [slip, says] of [
  [{ issuer: undefined }, /issuer must be an http or https URL/],
  [{ issuer: 'devices.example.com' }, /issuer must be/],
  [{ issuer: 'https://devices.example.com?x=1' }, /issuer must be/],
  [{ app: '' }, /app must be the id of an app/],
  [{ user: 'anna' }, /user must be a function/],
  [{ live: { baseUrl: 'x', key: 'sk_1' } }, /live\.baseUrl must be/],
  [{ live: { baseUrl: 'https://devices.example.com', key: '' } }, /live\.key must be/],
  [{ dpop: true }, /dpop must be off, optional or required/],
  [{ dpop: 'required' }, /publicUrl must be given/],
  [{ dpop: 'optional' }, /publicUrl must be given/],
  [{ publicUrl: 'api.example.com' }, /publicUrl must be/],
  [{ jwksUrl: '/jwks.json' }, /jwksUrl must be/],
  [{ header: 'Symbolon Token' }, /header must be the name of a header/],
  [{ header: 'authorization' }, /header must not be Authorization/],
  [{ nonceKey: Buffer.alloc(16) }, /nonceKey must have at least 32 bytes/],
  [{ liv: {} }, /liv is not an option/],
]) {
  test(`createGuard refuses ${JSON.stringify(slip)}`, () => {
    assert.throws(() => createGuard({ ...good, ...slip }), { name: 'TypeError', message: says });
  });
}

for (const [slip, says] of [
  [{ trust: true }, /trust is not one of trusted, maxRisk, maxAge and proof/],
  [{ trusted: 'yes' }, /trusted must be true or false/],
  [{ maxRisk: 101 }, /maxRisk must be from 0 to 100/],
  [{ maxRisk: Number.NaN }, /maxRisk must be/],
  [{ maxAge: 0 }, /maxAge must be whole seconds/],
  [{ maxAge: 'PT5M' }, /maxAge must be/],
  [{ proof: 1 }, /proof must be true or false/],
  [{ proof: true }, /proof needs the option publicUrl/],
]) {
  test(`a route can't demand ${JSON.stringify(slip)}`, async () => {
    const guard = createGuard(good);
    const rule = { name: 'TypeError', message: says };
    assert.throws(() => guard.express(slip), rule);
    assert.throws(() => guard.fastify(slip), rule);
    assert.throws(() => guard.node(slip, () => undefined), rule);
    await assert.rejects(guard.check({ headers: {} }, slip), rule);
  });
}

test('a handler that no guard stands before has no device', () => {
  assert.throws(() => deviceOf({}), /no guard let this request through/);
  const symbolon = { deviceId: 'dev_1' };
  assert.equal(deviceOf({ symbolon }), symbolon);
});

test('the header that brings tokens can be named', async () => {
  const guard = createGuard({ ...good, header: 'X-Symbolon-Token', dpop: 'off' });
  const told = async (name) => (await guard.check({ headers: {}, rawHeaders: [name, 'nonsense'] })).body.detail;
  assert.match(await told('x-symbolon-token'), /it is no JWT/);
  assert.match(await told('symbolon-device-token'), /carries no device token/);
});
