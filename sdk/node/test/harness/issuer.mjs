// A stand-in for the service, for what the real one never does: odd tokens, new keys, outages, broken answers.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startIssuer() {
  const issuer = new Issuer();
  await issuer.listen();
  return issuer;
}

/** A key of the issuer: Ed25519 as the service has, or P-256. */
export function newKey(kid, kind = 'EdDSA') {
  const { privateKey, publicKey } =
    kind === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, alg: kind, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: kind, use: 'sig' } };
}

/** A compact JWS, honest or not: `signer` may be any function of the bytes. */
export function compact(header, claims, signer) {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${Buffer.from(signer(Buffer.from(input))).toString('base64url')}`;
}

export const by = (privateKey) => (bytes) =>
  sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, {
    key: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    dsaEncoding: 'ieee-p1363',
  });

class Issuer {
  keys = [newKey('first')];
  /** How often the keys were asked for. */
  lookUps = 0;
  /** Every question about a token: {body, bearer}. */
  asked = [];
  /** What happens to requests instead of an answer: functions of the response, by path. */
  faults = {};
  /** What an introspection answers. */
  state = () => ({ active: false });
  #server = createServer((request, response) => this.#serve(request, response));

  async listen() {
    await new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    return new Promise((closed) => this.#server.close(closed).closeAllConnections());
  }

  async #serve(request, response) {
    const isKeys = request.url === '/.well-known/jwks.json';
    if (isKeys) {
      this.lookUps++;
    } else {
      this.asked.push({ path: request.url, body: await json(request), bearer: request.headers.authorization });
    }
    const fault = this.faults[isKeys ? 'keys' : 'introspect'];
    const answer = isKeys ? { keys: this.keys.map(({ jwk }) => jwk) } : this.state();
    return fault ? fault(response) : response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
  }

  /** The claims of a token as the service writes them, for a device of the user. */
  claims({ user = 'anna', thumbprint = 'the-key', now = Date.now(), ...others } = {}) {
    const iat = Math.floor(now / 1000);
    return {
      ...{ iss: this.url, aud: 'bank', sub: user, iat, exp: iat + 300, device_id: 'dev_1', cnf: { jkt: thumbprint } },
      ...{ amr: ['pop', 'swk'], trusted: true, risk: 5, recommendation: 'TRUST' },
      ...others,
    };
  }

  token(given = {}, key = this.keys[0]) {
    return compact({ alg: key.alg, typ: 'device+jwt', kid: key.kid }, this.claims(given), by(key.privateKey));
  }
}

/** Faults that a service, or what stands before it, shows. */
export const faults = {
  drop: (response) => response.destroy(),
  status: (status, body = '') => (response) => response.writeHead(status).end(body),
  nonsense: (response) => response.end('<html>'),
  redirect: (to) => (response) => response.writeHead(302, { Location: to }).end(),
};
