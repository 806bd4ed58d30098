import { decodeJSON } from './base64url.js';
import { SymbolonError } from './errors.js';

/** The user that an assertion speaks of: its `sub`, where it is a JWT. Only the service can tell whether it is true. */
export function subjectOf(assertion: string): string {
  const [, claims] = assertion.split('.');
  try {
    const { sub } = decodeJSON(claims ?? '') as { sub?: unknown };
    if (typeof sub === 'string' && sub !== '') {
      return sub;
    }
  } catch {
    // Not a JWT: an assertion is opaque unless it can be read.
  }
  throw new SymbolonError('user_needed', 'the assertion names no user: pass the user id as user');
}

/** What can't stand in a header would otherwise look like a fault of the network. */
export function checkAssertion(assertion: unknown): asserts assertion is string {
  if (typeof assertion !== 'string' || !/^[\x21-\x7e]+$/.test(assertion)) {
    const message = 'assertion must be a ticket or an ID token: visible ASCII characters, no spaces';
    throw new SymbolonError('invalid_request', message);
  }
}
