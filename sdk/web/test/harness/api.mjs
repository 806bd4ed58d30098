// An API of the app on an origin of its own, guarded by the package for Node: it verifies every proof for real.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createGuard } from '../../../node/dist/index.js';

const routes = { '/balance': {}, '/transfers': { trusted: true } };
const cors = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': '*',
  'Access-Control-Allow-Headers': 'authorization, content-type, dpop, symbolon-device-token, x-session',
  'Access-Control-Expose-Headers': 'DPoP-Nonce, WWW-Authenticate',
};

/** Sign-ins are told by a header of their own, or as apps do that have no cookies: by a bearer token. */
const sessionOf = (headers) => headers['x-session'] ?? /^Bearer (.*)$/.exec(headers.authorization)[1];

export async function startApi(real) {
  const api = new Api();
  await api.start(real);
  return api;
}

class Api {
  /** Every request that arrived: {method, path, proof, authorization}. */
  requests = [];
  /** Where /moved leads. */
  movedTo = '';
  /** Milliseconds by which its clock is ahead. */
  ahead = 0;
  #guard;
  #server = createServer((request, response) => this.#serve(request, response));

  async start(real) {
    await new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    this.#guard = createGuard({
      ...{ issuer: real.url, app: real.app, publicUrl: this.url, dpop: 'required' },
      user: ({ headers }) => decodeURIComponent(sessionOf(headers)),
      live: { baseUrl: real.url, key: real.backendKey },
      clock: () => Date.now() + this.ahead,
    });
  }

  close() {
    return new Promise((closed) => this.#server.close(closed).closeAllConnections());
  }

  async #serve(request, response) {
    for (const [name, value] of Object.entries(cors)) {
      response.setHeader(name, value);
    }
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const [path] = request.url.split('?');
    const { dpop: proof, authorization } = request.headers;
    this.requests.push({ method: request.method, path, proof, authorization });
    if (path === '/moved') {
      response.writeHead(307, { Location: this.movedTo }).end();
      return;
    }
    await this.#guard.node(routes[path], async (admitted, answer) => {
      answer.end(JSON.stringify({ device: admitted.symbolon, body: await text(admitted) }));
    })(request, response);
  }
}
