// Keys of an identity provider, and tokens written by hand: those that an honest provider would never issue.
import { createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

const pairs = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

/** A key that signs by one algorithm. */
export class SigningKey {
  constructor(alg, kid = randomUUID()) {
    Object.assign(this, { alg, kid, private: pairs[alg]().privateKey });
    this.public = createPublicKey(this.private);
  }

  /** Both halves, as a provider is given them. */
  get jwk() {
    return { ...this.private.export({ format: 'jwk' }), ...this.#terms() };
  }

  /** The half that a provider publishes. */
  get publicJWK() {
    return { ...this.public.export({ format: 'jwk' }), ...this.#terms() };
  }

  #terms() {
    return { alg: this.alg, kid: this.kid, use: 'sig' };
  }

  /** Signs text; the signature is as JWS has it (RFC 7518, section 3). */
  sign(text) {
    return sign('sha256', text, { key: this.private, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  }
}

/** A compact JWS (RFC 7515, section 7.1); signed is a function of what is signed. */
export function jws(header, claims, signed) {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${signed(text)}`;
}

/** The claims of a token, unverified. */
export function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

/** The present second, as claims count. */
export function seconds() {
  return Math.floor(Date.now() / 1000);
}
