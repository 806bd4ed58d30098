import { type Context, find } from './context.js';
import { SymbolonError } from './errors.js';
import { type DeviceKey, thumbprint } from './key.js';
import { signRequest } from './proof.js';
import { type DeviceToken, Tokens } from './tokens.js';

export interface FetchOptions {
  /** The user's id. Default: who registered this browser last. */
  user?: string;
}

export type BoundFetch = (input: RequestInfo | URL, init?: RequestInit, options?: FetchOptions) => Promise<Response>;

/** What a new nonce mends, and what a new token may. Each is tried once for a request. */
const cures: Record<string, 'nonce' | 'token'> = {
  use_dpop_nonce: 'nonce',
  invalid_token: 'token',
  invalid_dpop_proof: 'token',
  insufficient_user_authentication: 'token', // The device may be trusted by now, or has to show itself anew.
};

/** Gives a fetch that shows with each request that it comes from this device (RFC 9449, section 7). */
export function bindFetch(context: Context): BoundFetch {
  const tokens = new Tokens(context);
  const nonces = new Map<string, string>();

  async function send(request: Request, { key, token }: Presented): Promise<Response> {
    const { origin, pathname } = new URL(request.url);
    const { method } = request;
    const proof = await signRequest(key, token.text, {
      jti: crypto.randomUUID(),
      htm: method,
      htu: origin + pathname,
      iat: Math.floor(token.now() / 1000),
      nonce: nonces.get(origin),
    });
    if (request.headers.has('Authorization')) {
      request.headers.set('Symbolon-Device-Token', token.text); // That one is the page's own.
    } else {
      request.headers.set('Authorization', `DPoP ${token.text}`);
    }
    request.headers.set('DPoP', proof);
    request.signal.throwIfAborted();
    const response = await context.send(request);
    const nonce = response.headers.get('DPoP-Nonce');
    if (nonce !== null) {
      nonces.set(origin, nonce);
    }
    return response;
  }

  return async (input, init, { user } = {}) => {
    const request = requestOf(input, init);
    const tried = new Set<string>();
    const began = Date.now();
    let cure: string | undefined;
    for (;;) {
      const presented = await present(context, tokens, user, cure === 'token');
      const response = await send(request.clone(), presented);
      cure = cures[refusalOf(response)];
      const isVain = cure === 'token' && presented.token.received >= began;
      if (cure === undefined || tried.has(cure) || isVain) {
        return response;
      }
      tried.add(cure);
      await response.body?.cancel();
    }
  };
}

/** A proof fits one URL, so a redirect can't be followed with it; it would only carry both to another place. */
function requestOf(input: RequestInfo | URL, init: RequestInit | undefined): Request {
  const request = new Request(input, { ...init, redirect: init?.redirect === 'manual' ? 'manual' : 'error' });
  if (request.mode === 'no-cors') {
    throw new SymbolonError('invalid_request', 'mode must not be no-cors: such a request has no Authorization');
  }
  const { headers } = request;
  if (headers.has('DPoP') || /^DPoP( |$)/i.test(headers.get('Authorization') ?? '')) {
    throw new SymbolonError('invalid_request', 'headers must have no DPoP of your own: a request carries one proof');
  }
  return request;
}

/** The key of this browser, and a token that is bound to it. */
interface Presented {
  key: DeviceKey;
  token: DeviceToken;
}

async function present(context: Context, tokens: Tokens, user: string | undefined, renew: boolean): Promise<Presented> {
  const { key, sub } = await holder(context, user);
  const held = await thumbprint(key.publicKey);
  const token = await tokens.get(sub, held, renew);
  // Taking a token may have replaced the key.
  return { token, key: token.thumbprint === held ? key : (await holder(context, user)).key };
}

async function holder(context: Context, user: string | undefined): Promise<{ key: DeviceKey; sub: string }> {
  const found = await find(context);
  if ('reason' in found) {
    throw new SymbolonError(found.reason, 'this browser has no key that could show which device it is');
  }
  const sub = user ?? found.owners[0]?.user;
  if (sub === undefined) {
    throw new SymbolonError('user_needed', 'nobody registered this browser: pass the user id as user');
  }
  return { key: found.key, sub };
}

/** The error of a challenge (RFC 9449, section 7.1, and RFC 9470, section 3), or "". */
function refusalOf({ status, headers }: Response): string {
  const [, error = ''] = /\berror="(\w+)"/i.exec(headers.get('WWW-Authenticate') ?? '') ?? [];
  return status === 401 ? error : '';
}
