import { STATUS_CODES } from 'node:http';
import type { Requirement } from './device.js';
import { proofAlgorithms } from './dpop.js';

/** The body of a refusal (RFC 9457), `application/problem+json`, as the service's own are. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Stable; programs decide by it, and by the `error` of WWW-Authenticate. */
  code: 'unauthenticated' | 'invalid_request' | 'unavailable';
}

/** Why a request is not let through. Where nothing else is said it is a 401. */
export class Refusal extends Error {
  readonly status: 400 | 401 | 503 = 401;
  readonly code: Problem['code'] = 'unauthenticated';
  /** The error of WWW-Authenticate, and what else the challenge says. */
  readonly error: string | undefined;
  readonly parameters: Record<string, string>;

  constructor(detail: string, error?: string, parameters: Record<string, string> = {}) {
    super(detail);
    this.error = error;
    this.parameters = parameters;
  }
}

/** The request says two things at once. */
export class Ambiguous extends Refusal {
  override readonly status = 400;
  override readonly code = 'invalid_request';
}

/** It could not be decided. */
export class Unavailable extends Refusal {
  override readonly status = 503;
  override readonly code = 'unavailable';
}

export function badToken(reason: string): Refusal {
  return new Refusal(`the device token does not count: ${reason}`, 'invalid_token');
}

export function badProof(reason: string): Refusal {
  return new Refusal(`the proof in the header DPoP does not count: ${reason}`, 'invalid_dpop_proof');
}

/** Asks the client to show its device again, or better (RFC 9470, section 3). */
export function stepUp(missing: string, { trusted, maxAge }: Requirement): Refusal {
  return new Refusal(missing, 'insufficient_user_authentication', {
    acr_values: `urn:symbolon:${trusted ? 'trusted' : 'known'}`,
    ...(maxAge !== undefined && { max_age: `${maxAge}` }),
  });
}

/** The body of the answer. */
export function problemOf({ status, code, message: detail }: Refusal, issuer: string): Problem {
  const type = `${issuer.replace(/\/+$/, '')}/problems/${code}`;
  return { type, title: STATUS_CODES[status] ?? code, status, detail, code };
}

/** The headers of the answer. With `dpop`, the challenge is for a client that can make proofs. */
export function headersOf(refusal: Refusal, dpop: boolean): Record<string, string> {
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' };
  if (refusal.status === 401) {
    headers['WWW-Authenticate'] = challenge(refusal, dpop);
  }
  if (refusal.status === 503) {
    headers['Retry-After'] = '5';
  }
  return headers;
}

/** The value of WWW-Authenticate (RFC 6750, section 3; RFC 9449, section 7.1; RFC 9470, section 3). */
function challenge({ error, message, parameters }: Refusal, dpop: boolean): string {
  const said = {
    ...(error !== undefined && { error, error_description: printable(message) }),
    ...parameters,
    ...(dpop && { algs: proofAlgorithms.join(' ') }),
  };
  const list = Object.entries(said).map(([name, value]) => `${name}="${value}"`);
  return `${dpop ? 'DPoP' : 'Bearer'} ${list.join(', ')}`.trim();
}

/** The characters that may stand in an error_description (RFC 6749, section 5.2). */
function printable(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]|\\/g, '?').slice(0, 500);
}
