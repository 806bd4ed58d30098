import type { LiveOptions } from './introspection.js';
import type { ReplayMemory } from './replay.js';
import type { RequestLike } from './request.js';

export interface GuardOptions<Request extends RequestLike = RequestLike> {
  /** The service's `public_url`, as its tokens have it. Its keys are at `<issuer>/.well-known/jwks.json`. */
  issuer: string;
  /** The app's id: no other app's tokens count. */
  app: string;
  /** The id of the user who is signed in to your app, or undefined. A device is accepted only for that user. */
  user: (request: Request) => string | undefined | Promise<string | undefined>;
  /** Ask the service about each token, so that a block counts at once and not only when the token ends. */
  live?: LiveOptions;
  /**
   * Proofs of possession (RFC 9449): held to where they come, or demanded. With `off`, the default, nobody looks at
   * them, nor at `Authorization: DPoP`, which may then be the app's own.
   */
  dpop?: 'off' | 'optional' | 'required';
  /** The header that brings a token without `Authorization: DPoP`. Default `Symbolon-Device-Token`. */
  header?: string;
  /**
   * What clients write before the path that this server sees, such as "https://api.example.com". Needed for proofs,
   * which are held against it: the Host header is its sender's word.
   */
  publicUrl?: string;
  /** Where the keys are, if not under the issuer: an address inside your network, say. */
  jwksUrl?: string;
  /** At least 32 bytes of which nonces are made. Processes that serve the same URLs share one. Default: random. */
  nonceKey?: Uint8Array;
  /** Remembers which proofs were used. Processes that serve the same URLs share one. Default: this process's memory. */
  replays?: ReplayMemory;
  /** Hears why something could not be decided, and what a handler of `guard.node` threw. Default: console.error. */
  onFault?: (fault: Error) => void;
  /** Sends the requests to the service. Default: the global fetch. */
  fetch?: typeof fetch;
  /** Milliseconds since 1970. Default: Date.now. */
  clock?: () => number;
}

const known = new Set<string>([
  ...['issuer', 'app', 'user', 'live', 'dpop', 'header', 'publicUrl', 'jwksUrl'],
  ...['nonceKey', 'replays', 'onFault', 'fetch', 'clock'],
]);

/** Throws a TypeError that names the option and what it may be. */
export function checkOptions<Request extends RequestLike>(options: GuardOptions<Request>): void {
  const { issuer, app, user, live, dpop, header, publicUrl, jwksUrl, nonceKey } = options;
  const stranger = Object.keys(options).find((name) => !known.has(name));
  must(stranger === undefined, `${stranger} is not an option`);
  must(isURL(issuer), 'issuer must be an http or https URL without query: the public_url of the service');
  must(typeof app === 'string' && app !== '', 'app must be the id of an app');
  must(typeof user === 'function', 'user must be a function that gives the id of the signed-in user, or undefined');
  must(live === undefined || isURL(live.baseUrl), 'live.baseUrl must be an http or https URL without query');
  must(live === undefined || /^[\x21-\x7e]+$/.test(live.key), 'live.key must be the credential of a backend');
  must(dpop === undefined || ['off', 'optional', 'required'].includes(dpop), 'dpop must be off, optional or required');
  must(header === undefined || /^[\w!#$%&'*+.^`|~-]+$/.test(header), 'header must be the name of a header');
  must(header?.toLowerCase() !== 'authorization', 'header must not be Authorization, which is read in any case');
  must(publicUrl === undefined || isURL(publicUrl), 'publicUrl must be an http or https URL without query');
  must(jwksUrl === undefined || isURL(jwksUrl), 'jwksUrl must be an http or https URL without query');
  must(publicUrl !== undefined || (dpop ?? 'off') === 'off', 'publicUrl must be given where proofs are looked at');
  must(nonceKey === undefined || nonceKey.length >= 32, 'nonceKey must have at least 32 bytes');
}

function isURL(text: unknown): boolean {
  return typeof text === 'string' && /^https?:\/\/[^/?#@\s]+[^?#\s]*$/i.test(text) && URL.canParse(text);
}

function must(holds: boolean, rule: string): void {
  if (!holds) {
    throw new TypeError(`createGuard: ${rule}`);
  }
}
