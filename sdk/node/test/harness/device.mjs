// A device in Node: it makes a key, registers, takes tokens and signs requests, with node:crypto alone.
import { constants, createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { compact } from './issuer.mjs';

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const kinds = {
  ES256: { make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), hash: 'sha256', dsaEncoding: 'ieee-p1363' },
  EdDSA: { make: () => generateKeyPairSync('ed25519'), hash: null },
  PS256: { make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), hash: 'sha256', ...pss },
  RS256: { make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), hash: 'sha256' },
};

const digest = (text) => createHash('sha256').update(text).digest('base64url');

export class Device {
  #sign;

  constructor(alg = 'ES256') {
    const { make, hash, ...how } = kinds[alg];
    const { privateKey, publicKey } = make();
    this.alg = alg;
    this.jwk = publicKey.export({ format: 'jwk' });
    this.privateJWK = privateKey.export({ format: 'jwk' });
    const { crv, e, kty, n, x, y } = this.jwk;
    this.thumbprint = digest(JSON.stringify({ crv, e, kty, n, x, y }));
    this.#sign = (bytes) => sign(hash, bytes, { key: privateKey, ...how });
  }

  /** Makes it a device of the user, at the real service. */
  async register(real, user, given = {}) {
    Object.assign(this, { real, user });
    const proof = await this.#prove('register', { jwk: this.jwk });
    const { deviceId } = await this.#post('/devices', { proof, platform: 'web' }, await real.ticket(user, given));
    this.id = deviceId;
    return this;
  }

  /** Shows itself to the service, and takes a token. */
  async token() {
    const { deviceToken } = await this.#post('/decisions', { proof: await this.#prove('prove', { kid: this.thumbprint }) });
    return deviceToken;
  }

  /** A proof for one request (RFC 9449, section 4.2). `header` and `claims` change it. */
  dpop({ method = 'GET', url, token, nonce, now = Date.now(), header = {}, claims = {} }) {
    const [htu] = url.split('?');
    const said = { jti: randomUUID(), htm: method, htu, iat: Math.floor(now / 1000), ath: digest(token), nonce };
    return compact({ typ: 'dpop+jwt', alg: this.alg, jwk: this.jwk, ...header }, { ...said, ...claims }, this.#sign);
  }

  async #prove(purpose, names) {
    const { challenge } = await this.#post('/challenges', { purpose });
    const claims = { aud: this.real.app, challenge, purpose, sub: this.user };
    return compact({ typ: 'symbolon-proof+jwt', alg: this.alg, ...names }, claims, this.#sign);
  }

  async #post(path, body, bearer) {
    const headers = { 'Content-Type': 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }) };
    const url = `${this.real.url}/v1/apps/${this.real.app}${path}`;
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) {
      throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }
}
