import { encode, encodeJSON } from './base64url.js';
import { SymbolonError } from './errors.js';
import type { DeviceKey, KeyPair } from './key.js';

export type Purpose = 'register' | 'prove' | 'rotate';

/** What a proof says; members that are undefined stay out of it. */
export interface Claims {
  /** The app's id. */
  aud: string;
  challenge: string;
  purpose: Purpose;
  /** The user; required but for proving. */
  sub?: string | undefined;
  action?: string | undefined;
  /** The payloadHash of what the user was shown. */
  payloadHash?: string | undefined;
}

/** A proof by the device's key, which names itself by its id, or shows itself whole when it is registered. */
export function signProof(key: DeviceKey, claims: Claims): Promise<string> {
  const names = claims.purpose === 'register' ? { jwk: key.publicKey } : { kid: key.keyId };
  return sign(key, names, claims);
}

/** The two proofs of a rotation: the present key agrees to the next one, and the next one is shown to be there. */
export async function signRotation(key: DeviceKey, next: KeyPair, claims: Claims) {
  const jwk = next.publicKey;
  const proof = await sign(key, { kid: key.keyId, jwk }, claims);
  return { proof, newProof: await sign(next, { jwk }, claims) };
}

/** What a proof for one request of HTTP says (RFC 9449, section 4.2). */
interface RequestClaims {
  jti: string;
  htm: string;
  htu: string;
  iat: number;
  nonce: string | undefined;
}

/** A proof that this very request comes from who holds the key that the token is bound to. */
export async function signRequest(key: KeyPair, token: string, claims: RequestClaims): Promise<string> {
  const header = { typ: 'dpop+jwt', jwk: key.publicKey };
  return sign(key, header, { ...claims, ath: await payloadHash(token) });
}

/** A compact JWS (RFC 7515) with ES256 (RFC 7518, section 3.4), for the service unless its header says otherwise. */
async function sign({ privateKey }: KeyPair, names: object, claims: object): Promise<string> {
  const header = { typ: 'symbolon-proof+jwt', alg: 'ES256', ...names };
  const input = `${encodeJSON(header)}.${encodeJSON(claims)}`;
  return `${input}.${encode(await signBytes(privateKey, input))}`;
}

/** The 64 bytes r‖s that JOSE wants; WebCrypto gives them so. */
async function signBytes(privateKey: CryptoKey, input: string): Promise<ArrayBuffer> {
  try {
    return await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new TextEncoder().encode(input));
  } catch (error) {
    throw new SymbolonError('no_storage', `the stored key can't sign: ${(error as Error).message}`);
  }
}

/** Base64url of the SHA-256 of a payload's bytes; a string counts as its UTF-8. */
export async function payloadHash(payload: string | Uint8Array): Promise<string> {
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
    throw new SymbolonError('invalid_request', 'payload must be a string or a Uint8Array');
  }
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : new Uint8Array(payload);
  return encode(await crypto.subtle.digest('SHA-256', bytes));
}
