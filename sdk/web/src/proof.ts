import { encode, encodeJSON } from './base64url.js';
import { SymbolonError } from './errors.js';
import type { DeviceKey } from './key.js';

export type Purpose = 'register' | 'prove';

/** What a proof says; members that are undefined stay out of it. */
export interface Claims {
  /** The app's id. */
  aud: string;
  challenge: string;
  purpose: Purpose;
  /** The user; required when registering. */
  sub?: string | undefined;
  action?: string | undefined;
  /** The payloadHash of what the user was shown. */
  payloadHash?: string | undefined;
}

/** A proof: a compact JWS (RFC 7515) over a challenge, by the device's key with ES256 (RFC 7518, section 3.4). */
export async function signProof(key: DeviceKey, claims: Claims): Promise<string> {
  const names = claims.purpose === 'register' ? { jwk: key.publicKey } : { kid: key.keyId };
  const header = { typ: 'symbolon-proof+jwt', alg: 'ES256', ...names };
  const input = `${encodeJSON(header)}.${encodeJSON(claims)}`;
  return `${input}.${encode(await sign(key.privateKey, input))}`;
}

/** The 64 bytes r‖s that JOSE wants; WebCrypto gives them so. */
async function sign(privateKey: CryptoKey, input: string): Promise<ArrayBuffer> {
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
