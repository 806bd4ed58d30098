// Asking the service about each token, and what becomes of a request when it can't say.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createGuard } from '@symbolon/node';
import { ask, frameworks, userOf } from './harness/api.mjs';
import { faults, startIssuer } from './harness/issuer.mjs';

let issuer;
let api;
let heard;

before(async () => {
  issuer = await startIssuer();
  const live = { baseUrl: `${issuer.url}/`, key: 'sk_bank' };
  const onFault = (fault) => heard.push(fault);
  const guard = createGuard({ issuer: issuer.url, app: 'bank', user: userOf, live, onFault });
  api = await frameworks.express(guard, { '/known': {}, '/trusted': { trusted: true } });
});
after(() => Promise.all([api?.close(), issuer?.close()]));
beforeEach(() => {
  heard = [];
  issuer.faults = {};
  issuer.asked = [];
  issuer.state = () => ({ active: true, sub: 'anna', device_id: 'dev_1', trusted: true });
});

const bring = (path, claims) => ask(api.url + path, { 'Symbolon-Device-Token': issuer.token(claims) });

test('the service is asked, as the backend that one is', async () => {
  const { status, body } = await bring('/trusted');
  assert.deepEqual([status, body.isLive, body.trusted], [200, true, true]);
  const [{ path, body: question, bearer }] = issuer.asked;
  assert.deepEqual([path, bearer], ['/v1/apps/bank/introspect', 'Bearer sk_bank']);
  assert.deepEqual(Object.keys(question), ['token']);
});

test('it is not asked about what does not count anyway', async () => {
  assert.equal((await bring('/known', { aud: 'shop' })).error, 'invalid_token');
  assert.deepEqual(issuer.asked, []);
});

test('a device that stands no more is refused', async () => {
  issuer.state = () => ({ active: false });
  const { status, error, body } = await bring('/known');
  assert.deepEqual([status, error], [401, 'invalid_token']);
  assert.match(body.detail, /does not stand any more/);
});

test('trust that ended meanwhile is trust no more', async () => {
  issuer.state = () => ({ active: true, sub: 'anna', device_id: 'dev_1' });
  assert.equal((await bring('/known')).body.trusted, false);
  assert.equal((await bring('/trusted')).error, 'insufficient_user_authentication');
});

test('trust that began meanwhile takes a new token', async () => {
  assert.equal((await bring('/trusted', { trusted: false })).error, 'insufficient_user_authentication');
});

for (const [what, spoil] of Object.entries({
  'is unreachable': () => (issuer.faults.introspect = faults.drop),
  'is not available': () => (issuer.faults.introspect = faults.status(503)),
  'does not take the key': () => (issuer.faults.introspect = faults.status(401, '{"code":"unauthenticated"}')),
  'asks for patience': () => (issuer.faults.introspect = faults.status(429)),
  'leads elsewhere': () => (issuer.faults.introspect = faults.redirect('/elsewhere')),
  'answers nonsense': () => (issuer.faults.introspect = faults.nonsense),
  'does not say whether it is active': () => (issuer.state = () => ({ trusted: true })),
  'says so in another type': () => (issuer.state = () => ({ active: 'true', sub: 'anna', device_id: 'dev_1' })),
  'answers null': () => (issuer.state = () => null),
  'speaks of another device': () => (issuer.state = () => ({ active: true, sub: 'anna', device_id: 'dev_2' })),
  'speaks of another user': () => (issuer.state = () => ({ active: true, sub: 'bela', device_id: 'dev_1' })),
})) {
  test(`a service that ${what} admits nobody, and refuses nobody`, async () => {
    spoil();
    const { status, body, challenge } = await bring('/known');
    assert.deepEqual([status, body.code, challenge], [503, 'unavailable', null]);
    assert.match(heard[0].message, /\/v1\/apps\/bank\/introspect/, 'and the engineer hears why');
  });
}

test('a session that could not be read is no sign-out', async (t) => {
  const user = () => Promise.reject(new Error('the sessions are down'));
  const guard = createGuard({ issuer: issuer.url, app: 'bank', user, onFault: (fault) => heard.push(fault) });
  const broken = await frameworks.node(guard, { '/known': {} });
  t.after(() => broken.close());
  assert.equal((await ask(`${broken.url}/known`)).status, 503);
  assert.equal(heard[0].message, 'the sessions are down');
});
