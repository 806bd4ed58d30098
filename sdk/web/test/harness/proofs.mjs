// Reads and verifies proofs with node:crypto, apart from the SDK's own code.
import { createHash, createPublicKey, verify } from 'node:crypto';

/** The proof's parts; throws in words where it is no proof that DESIGN's protocol allows. */
export function readProof(compact) {
  const parts = compact.split('.');
  must(parts.length === 3 && parts.every((part) => /^[\w-]+$/.test(part)), 'a compact JWS of three base64url parts');
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  must(header.typ === 'symbolon-proof+jwt', 'typ symbolon-proof+jwt');
  must(header.alg === 'ES256', 'alg ES256');
  const names = claims.purpose === 'register' ? 'alg jwk typ' : 'alg kid typ';
  must(Object.keys(header).sort().join(' ') === names, `the header members ${names}`);
  return { header, claims, compact };
}

/** True where the signature is the key's own, in the raw form of 64 bytes. */
export function isSignedBy(jwk, { compact }) {
  const [header, claims, signature] = compact.split('.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const raw = Buffer.from(signature, 'base64url');
  const signed = Buffer.from(`${header}.${claims}`);
  return raw.length === 64 && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, raw);
}

/** RFC 7638, section 3. */
export function thumbprint({ crv, kty, x, y }) {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

/** A ticket as a page holds it: a JWT that only the service could verify. */
export function ticketFor(user) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'symbolon-ticket+jwt', alg: 'EdDSA' })}.${part({ sub: user })}.c2ln`;
}

function must(holds, what) {
  if (!holds) {
    throw new Error(`a proof must have ${what}`);
  }
}
