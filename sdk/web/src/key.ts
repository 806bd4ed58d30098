import { encode } from './base64url.js';

/** The public members of a P-256 key, in the order in which RFC 7638 hashes them. */
export interface PublicJWK {
  crv: string;
  kty: string;
  x: string;
  y: string;
}

export interface KeyPair {
  publicKey: PublicJWK;
  /** Can sign and never be read: it is made with `extractable: false`. */
  privateKey: CryptoKey;
}

export interface DeviceKey extends KeyPair {
  /** What the service knows the key by: the RFC 7638 thumbprint of the first one, whatever it was rotated to. */
  keyId: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

export async function generate(): Promise<KeyPair> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const { crv, kty, x, y } = (await crypto.subtle.exportKey('jwk', publicKey)) as PublicJWK;
  return { publicKey: { crv, kty, x, y }, privateKey };
}

export async function generateKey(): Promise<DeviceKey> {
  const pair = await generate();
  return { keyId: await thumbprint(pair.publicKey), ...pair };
}

/** RFC 7638, section 3. */
export async function thumbprint({ crv, kty, x, y }: PublicJWK): Promise<string> {
  return encode(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }))));
}

export function isSame(one: KeyPair, other: KeyPair | undefined): boolean {
  return one.publicKey.x === other?.publicKey.x;
}

/** What was read from the store, if it is a pair of ours. */
export function checkedPair<T extends KeyPair>(stored: unknown): T {
  const { publicKey, privateKey } = (stored ?? {}) as Partial<KeyPair>;
  if (typeof publicKey?.x === 'string' && privateKey instanceof CryptoKey) {
    return stored as T;
  }
  throw new DOMException('the stored key is not one of ours', 'DataError');
}

export function checkedKey(stored: unknown): DeviceKey {
  const key = checkedPair<DeviceKey>(stored);
  if (typeof key.keyId === 'string') {
    return key;
  }
  throw new DOMException('the stored key has no id', 'DataError');
}
