import { type JWTPayload, type JWTVerifyGetKey, errors, jwtVerify } from 'jose';
import type { Device } from './device.js';
import { badToken } from './refusal.js';

/** Seconds by which the service may be ahead. None are given at the end, when a blocked device stops passing. */
const leeway = 30;
const longest = 8192;

export interface Expected {
  issuer: string;
  app: string;
  key: JWTVerifyGetKey;
  now: number;
}

/**
 * Verifies a device token (spec/protocol.md, section 10; RFC 7519, section 7.2). Rejects with a Refusal, or with a
 * Fault where the service's keys are not known.
 */
export async function readToken(token: string, { issuer, app, key, now }: Expected): Promise<Device> {
  must(token.length <= longest, 'it is too long');
  const payload = await verified(token, key, {
    algorithms: ['EdDSA', 'ES256'],
    typ: 'device+jwt',
    issuer,
    audience: app,
    requiredClaims: ['exp', 'iat', 'sub'],
    currentDate: new Date(now),
  });
  const { iat = NaN } = payload;
  must(iat <= now / 1000 + leeway, 'it was issued in the future: is a clock wrong?');
  return deviceOf(payload);
}

async function verified(...asked: Parameters<typeof jwtVerify<JWTPayload>>): Promise<JWTPayload> {
  try {
    return (await jwtVerify(...asked)).payload;
  } catch (error) {
    throw error instanceof errors.JOSEError ? badToken(reasonOf(error)) : error;
  }
}

/** jose's errors, for the engineer who reads the answer. */
function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) {
    return 'it has expired';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return (
      {
        iss: 'it is of another issuer',
        aud: 'it is for another app',
        typ: 'it is no device token: its typ must be device+jwt',
      }[error.claim] ?? `its claim ${error.claim} is missing, or not as it must be`
    );
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return 'its algorithm must be EdDSA or ES256';
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'no key of the issuer signed it';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return 'its signature does not hold';
  }
  return 'it is no JWT that can be read';
}

/** The claims of our own, which a token of ours always has. */
function deviceOf(claims: JWTPayload): Device {
  const { sub, iat, exp, device_id, cnf, amr, trusted, risk, recommendation } = claims;
  const thumbprint = (cnf as { jkt?: unknown } | undefined)?.jkt;
  must(typeof sub === 'string' && sub !== '', 'it names no user');
  must(typeof device_id === 'string' && device_id !== '', 'it names no device');
  must(typeof thumbprint === 'string' && thumbprint !== '', 'it is bound to no key');
  const isWhole = Array.isArray(amr) && typeof trusted === 'boolean' && typeof risk === 'number';
  must(isWhole, 'it does not say how the device stands');
  must(isAdvice(recommendation), `it recommends ${recommendation}`);
  return {
    userId: sub,
    deviceId: device_id,
    trusted,
    risk,
    recommendation,
    methods: amr,
    thumbprint,
    decidedAt: new Date(iat! * 1000),
    expiresAt: new Date(exp! * 1000),
    isProven: false,
    isLive: false,
  };
}

function isAdvice(value: unknown): value is Device['recommendation'] {
  return value === 'TRUST' || value === 'ALLOW' || value === 'CHALLENGE';
}

function must(holds: boolean, reason: string): asserts holds {
  if (!holds) {
    throw badToken(reason);
  }
}
