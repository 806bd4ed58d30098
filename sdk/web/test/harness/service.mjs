// A small service that speaks the protocol, verifies every proof for real, and fails when it is told to.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { isSignedBy, readProof, thumbprint } from './proofs.mjs';

export async function startService() {
  const service = new Service();
  await service.listen();
  return service;
}

class Service {
  /** Every request that arrived: {operation, body, bearer, at}. */
  requests = [];
  /** The devices by app, user and key. */
  registered = new Map();
  /** Browsers silently resend what is lost on a connection that was used before; most stories do without. */
  keepAlive = false;
  #faults = [];
  #challenges = new Map();
  #operations = {
    challenges: (request) => this.#challenge(request),
    devices: (request) => this.#register(request),
    decisions: (request) => this.#decide(request),
  };
  #server = createServer((request, response) => this.#serve(request, response));

  async listen() {
    await new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    return new Promise((closed) => this.#server.close(closed).closeAllConnections());
  }

  /** The next requests of an operation meet these faults, each a function of (response, answer). */
  fail(operation, ...faults) {
    this.#faults.push(...faults.map((fault) => ({ operation, fault })));
  }

  /** Forgets what was counted and the faults, not the devices. */
  reset() {
    this.requests = [];
    this.#faults = [];
    this.keepAlive = false;
  }

  sent(operation) {
    return this.requests.filter((request) => request.operation === operation);
  }

  async #serve(request, response) {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After');
    if (!this.keepAlive) {
      response.setHeader('Connection', 'close');
    }
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const [, app, operation] = request.url.match(/^\/v1\/apps\/([^/]+)\/(\w+)$/) ?? [];
    const body = await json(request);
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    this.requests.push({ operation, body, bearer, at: performance.now() });
    const answer = () => this.#answer(operation, { app: decodeURIComponent(app), body, bearer });
    const fault = this.#faultOf(operation);
    if (fault) {
      fault(response, answer);
    } else {
      respond(response, answer());
    }
  }

  #faultOf(operation) {
    const index = this.#faults.findIndex((next) => next.operation === operation);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0].fault;
  }

  #answer(operation, request) {
    try {
      return this.#operations[operation](request);
    } catch (error) {
      return problem(422, error.code ?? 'proof_invalid', {}, error.message);
    }
  }

  #challenge({ app, body: { purpose } }) {
    const challenge = randomBytes(24).toString('base64url');
    this.#challenges.set(challenge, { app, purpose });
    return { status: 201, body: { challenge, expiresAt: new Date(Date.now() + 300_000).toISOString() } };
  }

  #register({ app, body, bearer }) {
    const proof = readProof(body.proof);
    this.#spend(proof, app, 'register');
    const user = JSON.parse(Buffer.from(bearer.split('.')[1], 'base64url')).sub;
    must(proof.claims.sub === user, 'sub is the user of the ticket');
    must(isSignedBy(proof.header.jwk, proof), 'the signature is by the jwk');
    const keyId = thumbprint(proof.header.jwk);
    const name = `${app} ${user} ${keyId}`;
    const status = this.registered.has(name) ? 200 : 201;
    if (status === 201) {
      const { deviceName = 'Chrome on Linux' } = body;
      const device = { deviceId: randomBytes(8).toString('hex'), appId: app, userId: user, keyId, deviceName };
      this.registered.set(name, { device, jwk: proof.header.jwk });
    }
    return { status, body: this.registered.get(name).device };
  }

  #decide({ app, body }) {
    const known = this.verify(body.proof, app) !== undefined;
    return { status: 200, body: { recommendation: known ? 'ALLOW' : 'CHALLENGE', known } };
  }

  /** The device whose proof this is, or undefined where the key is not known; a backend names the user. */
  verify(compact, app, user) {
    const proof = readProof(compact);
    this.#spend(proof, app, 'prove');
    const known = this.registered.get(`${app} ${user ?? proof.claims.sub} ${proof.header.kid}`);
    if (known) {
      must(isSignedBy(known.jwk, proof), 'the signature is by the key that was registered');
    }
    return known?.device;
  }

  #spend({ claims: { aud, challenge, purpose } }, app, expected) {
    const issued = this.#challenges.get(challenge);
    must(issued !== undefined, 'the challenge is new', 'challenge_replayed');
    this.#challenges.delete(challenge);
    must(aud === app && issued.app === app, 'aud is the app');
    must(purpose === expected && issued.purpose === expected, `the purpose is ${expected}`);
  }
}

function must(holds, what, code) {
  if (!holds) {
    throw Object.assign(new Error(`this does not hold: ${what}`), { code });
  }
}

/** An answer as RFC 9457 has it. */
function problem(status, code, headers = {}, detail = `This is ${code}.`) {
  const body = { type: 'about:blank', title: code, status, detail, code };
  return { status, headers: { 'Content-Type': 'application/problem+json', ...headers }, body };
}

function respond(response, { status, headers = { 'Content-Type': 'application/json' }, body }) {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

// The faults that a test can ask for.

export const answers = (prepared) => (response) => respond(response, prepared);

export const refuses = (status, code, headers) => answers(problem(status, code, headers));

export function isBusy(status, retryAfter) {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  return answers(problem(status, status === 429 ? 'rate_limited' : 'unavailable', headers));
}

/** The connection ends before the service has read anything. */
export const drops = (response) => response.destroy();

/** The service does its work, and the answer is lost. */
export const losesTheAnswer = (response, answer) => {
  answer();
  response.destroy();
};
