import { createHash } from 'node:crypto';
import { EmbeddedJWK, type JWK, calculateJwkThumbprint, errors, jwtVerify } from 'jose';
import { Refusal, badProof } from './refusal.js';
import { normalised } from './url.js';

/** The algorithms by which a device may sign, as a challenge lists them. */
export const proofAlgorithms = ['ES256', 'EdDSA', 'PS256', 'RS256'];

/** Milliseconds by which the time of a proof may be off, either way. */
export const proofWindow = 60_000;

const longest = { text: 255, url: 2048 };
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export interface ProofExpected {
  method: string;
  /** Of the request; query and fragment do not count. */
  url: string;
  /** The access token beside the proof. */
  token: string;
  /** The key that the token is bound to (`cnf.jkt`). */
  thumbprint: string;
  now: number;
}

/** What is left for those who have a memory. */
export interface RequestProof {
  nonce: string | undefined;
  /** Names this proof among all others, in 43 characters. */
  id: string;
  /** Milliseconds since 1970, from when on it is too old. */
  until: number;
}

interface Claims {
  jti: string;
  htm: string;
  htu: string;
  iat: number;
  ath?: unknown;
  nonce?: string;
}

/**
 * Holds a proof of possession against its request, by the checks of RFC 9449, section 4.3, but for the first, of which
 * the caller sees the headers, and the tenth (the nonce) and replays. Rejects with a Refusal.
 */
export async function verifyProof(proof: string, expected: ProofExpected): Promise<RequestProof> {
  // Checks 2 and 4 to 7: one well-formed JWT of the type, signed by the public key in it.
  const { claims, jwk } = await verified(proof, expected.now);
  // Check 3: all claims are there.
  const { jti, htm, htu, iat, ath, nonce } = complete(claims);
  // Check 8: the method, whose case counts.
  must(htm === expected.method, `its htm is ${htm}; the request's method is ${expected.method}`);
  // Check 9: the URL.
  const url = normalised(htu);
  must(url !== undefined, 'its htu must be an http or https URL in ASCII, without user information');
  must(url === normalised(expected.url), `its htu is ${url}; the request is for ${normalised(expected.url)}`);
  // Check 11: the time.
  const off = Math.abs(expected.now - iat * 1000);
  must(off <= proofWindow, `its iat may be at most ${proofWindow / 1000} seconds off; it is ${Math.round(off / 1e3)}`);
  // Check 12: the access token, and the key that it is bound to.
  must(ath === digest(expected.token), 'its ath is not the hash of the access token');
  const thumbprint = await calculateJwkThumbprint(jwk, 'sha256');
  must(thumbprint === expected.thumbprint, 'the access token is bound to another key');
  return { nonce, id: digest(`${thumbprint} ${jti}`), until: iat * 1000 + proofWindow };
}

async function verified(proof: string, now: number): Promise<{ claims: Partial<Claims>; jwk: JWK }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: proofAlgorithms,
      typ: 'dpop+jwt',
      currentDate: new Date(now),
    });
    const jwk = protectedHeader.jwk ?? {};
    must(!privateMembers.some((member) => member in jwk), 'its jwk must be a public key, without private members');
    return { claims: payload as Partial<Claims>, jwk };
  } catch (error) {
    throw error instanceof Refusal ? error : badProof(reasonOf(error));
  }
}

/** jose's errors, for the engineer who reads the answer. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return `its alg must be one of ${proofAlgorithms.join(', ')}`;
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'typ') {
    return 'its typ must be dpop+jwt';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return 'it is not signed by the key in its jwk';
  }
  return 'it must be one JWT, signed by the public key in its jwk';
}

function complete({ jti, htm, htu, iat, ath, nonce }: Partial<Claims>): Claims {
  must(isText(jti, longest.text), `its jti must be text of 1 to ${longest.text} characters`);
  must(isText(htm, longest.text), 'its htm is missing');
  must(isText(htu, longest.url), `its htu must be a URL of at most ${longest.url} characters`);
  must(Number.isInteger(iat), 'its iat must be whole seconds since 1970');
  const isNonceFit = nonce === undefined || isText(nonce, longest.text);
  must(isNonceFit, `its nonce must be text of 1 to ${longest.text} characters`);
  return { jti, htm, htu, iat: iat as number, ath, ...(nonce === undefined ? {} : { nonce }) };
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function must(holds: boolean, reason: string): asserts holds {
  if (!holds) {
    throw badProof(reason);
  }
}
