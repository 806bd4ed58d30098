// What becomes of a request whose handler fails, or that somebody else answered meanwhile.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { createGuard } from '@symbolon/node';
import { startIssuer } from './harness/issuer.mjs';

let issuer;
let heard;

before(async () => (issuer = await startIssuer()));
after(() => issuer?.close());
beforeEach(() => (heard = []));

const guardOf = (more) => createGuard({
  ...{ issuer: issuer.url, app: 'bank', user: () => 'anna', onFault: (fault) => heard.push(fault.message) },
  ...more,
});

/** Serves a listener, and gives what its client sees once both are done; rejects where the listener does. */
async function answerOf(t, listener) {
  let listened;
  const server = createServer((...given) => {
    listened = listener(...given);
    listened.catch(() => undefined); // It is looked at below.
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${server.address().port}`;
  const headers = { 'Symbolon-Device-Token': issuer.token() };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(3000) });
  const text = await response.text().catch(({ name }) => name);
  await listened;
  return { status: response.status, text, headers: response.headers };
}

for (const [how, handler] of Object.entries({
  'at once': () => {
    throw new Error('no such account');
  },
  later: async (_, response) => {
    response.setHeader('Content-Length', 5000).setHeader('X-Trace', '17').setHeader('ETag', '"of the account"');
    await null;
    throw new Error('no such account');
  },
})) {
  test(`a handler that throws ${how} is answered for`, async (t) => {
    const { status, text, headers } = await answerOf(t, guardOf().node({}, handler));
    assert.deepEqual([status, text, heard], [500, 'Internal Server Error\n', ['no such account']]);
    assert.deepEqual([headers.get('Content-Type'), headers.get('ETag')], ['text/plain', null]);
    assert.equal(headers.get('X-Trace'), how === 'later' ? '17' : null, 'what is not of the body stays');
  });
}

test('an answer that was begun breaks off, so that nobody takes it for whole', async (t) => {
  const { status, text } = await answerOf(t, guardOf().node({}, async (_, response) => {
    await new Promise((written) => response.write('half of ', written));
    throw new Error('the other half is lost');
  }));
  assert.deepEqual([status, text, heard], [200, 'TypeError', ['the other half is lost']]);
});

test('an answer that is whole stays', async (t) => {
  const { status, text } = await answerOf(t, guardOf().node({}, (_, response) => {
    response.end('done');
    throw new Error('too late');
  }));
  assert.deepEqual([status, text, heard], [200, 'done', ['too late']]);
});

for (const [how, onFault] of Object.entries({
  throws: () => {
    throw new Error('the log is full');
  },
  rejects: () => Promise.reject(new Error('the log is full')),
})) {
  test(`an onFault that ${how} keeps nobody from an answer`, async (t) => {
    const { error } = console;
    t.after(() => (console.error = error));
    console.error = (...all) => heard.push(...all.map(({ message }) => message));
    const user = () => Promise.reject(new Error('the sessions are down'));
    const { status } = await answerOf(t, guardOf({ onFault, user }).node({}, () => undefined));
    assert.deepEqual([status, heard], [503, ['the log is full', 'the sessions are down']]);
  });
}

for (const kind of ['node', 'express']) {
  test(`${kind}: whoever answered while the guard was asking is not talked over`, async (t) => {
    const admitted = () => heard.push('admitted');
    const respond = { node: guardOf().node({}, admitted) };
    respond.express = (request, response) => guardOf().express()(request, response, admitted);
    const { status } = await answerOf(t, (request, response) => {
      const guarded = respond[kind](request, response);
      response.writeHead(504).end();
      return guarded;
    });
    assert.deepEqual([status, heard], [504, []]);
  });
}
