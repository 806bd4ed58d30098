// One and the same API behind each of the three ways to write one in Node.
import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';

const close = (server) => () => new Promise((closed) => server.close(closed).closeAllConnections());

async function listening(server) {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: close(server) };
}

/** The user who is signed in, by the app's own session. */
export const userOf = (request) => request.headers['x-session'];

const shown = ({ symbolon }) => ({ ...symbolon });

/** Each gives {url, close}; `routes` is {path: requirement}. */
export const frameworks = {
  express(guard, routes) {
    const app = express();
    for (const [path, requirement] of Object.entries(routes)) {
      app.use(path, guard.express(requirement), (request, response) => response.json(shown(request)));
    }
    return listening(createServer(app));
  },

  async fastify(guard, routes) {
    const app = Fastify({ forceCloseConnections: true });
    for (const [path, requirement] of Object.entries(routes)) {
      app.all(path, { preHandler: guard.fastify(requirement) }, async (request) => shown(request));
    }
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
  },

  node(guard, routes) {
    const json = (request, response) =>
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(shown(request)));
    const listeners = Object.entries(routes).map(([path, requirement]) => [path, guard.node(requirement, json)]);
    const find = (url) => listeners.find(([path]) => url.split('?')[0] === path)[1];
    return listening(createServer((request, response) => find(request.url)(request, response)));
  },
};

/** Sends a request of the signed-in user; gives what a client sees of the answer. */
export async function ask(url, { user = 'anna', method = 'GET', ...headers } = {}) {
  const given = Object.entries({ 'X-Session': user, ...headers }).filter(([, value]) => value !== undefined);
  const response = await fetch(url, { method, headers: given });
  const text = await response.text();
  const challenge = response.headers.get('WWW-Authenticate');
  return {
    status: response.status,
    type: response.headers.get('Content-Type'),
    challenge,
    error: /\berror="(\w+)"/.exec(challenge ?? '')?.[1],
    nonce: response.headers.get('DPoP-Nonce') ?? undefined,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
