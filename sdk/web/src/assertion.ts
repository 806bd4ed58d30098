import { decodeJSON } from './base64url.js';
import { SymbolonError } from './errors.js';

/** Gives a fresh assertion for the user who is signed in. */
export type AssertionSource = () => string | Promise<string>;

/** The assertion that was given with the call, or else what the page's own function gives. */
export async function obtain(given: string | undefined, source: AssertionSource | undefined): Promise<string> {
  const assertion = given ?? (source && (await ask(source)));
  // What can't stand in a header would otherwise look like a fault of the network.
  if (typeof assertion !== 'string' || !/^[\x21-\x7e]+$/.test(assertion)) {
    const message = 'assertion must be a ticket or an ID token: visible ASCII characters, no spaces';
    throw new SymbolonError('invalid_request', message);
  }
  return assertion;
}

async function ask(source: AssertionSource): Promise<string> {
  try {
    return await source();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SymbolonError('unauthenticated', `the page gave no assertion: ${why}`);
  }
}

/** The user that an assertion speaks of: its `sub`, where it is a JWT. Only the service can tell whether it is true. */
export function subjectOf(assertion: string): string | undefined {
  const [, claims] = assertion.split('.');
  try {
    const { sub } = decodeJSON(claims ?? '') as { sub?: unknown };
    return typeof sub === 'string' && sub !== '' ? sub : undefined;
  } catch {
    return undefined; // Not a JWT: an assertion is opaque unless it can be read.
  }
}
