import { obtain } from './assertion.js';
import { encode } from './base64url.js';
import { type Context, find, regardless } from './context.js';
import type { Device, DeviceEvent } from './device.js';
import { SymbolonError } from './errors.js';
import type { Request } from './http.js';
import { signProof } from './proof.js';
import { registerAgain } from './register.js';
import { retrying } from './retry.js';
import { segment } from './service.js';

export interface SignedIn {
  /** Says who the user is. Default: what createSymbolon's `assertion` gives. */
  assertion?: string;
  /** The user's id, where the assertion is no JWT that names it as `sub`. */
  user?: string;
}

/** How long to trust: at most one of the three; without any, as long as the app's policy says. */
export interface TrustOptions extends SignedIn {
  /** ISO 8601: "P30D". */
  duration?: string;
  /** RFC 3339. */
  until?: string;
  /** Without an end, where the policy allows it. */
  permanent?: boolean;
}

export interface HistoryOptions extends SignedIn {
  /** The `nextCursor` of what came before. */
  cursor?: string;
}

export interface History {
  items: DeviceEvent[];
  /** Absent after the last. */
  nextCursor?: string;
}

/** The devices of a signed-in user. */
export interface Devices {
  /** All of them, the latest registered first; `isCurrent` marks this browser. */
  list(options?: SignedIn): Promise<Device[]>;
  rename(deviceId: string, deviceName: string, options?: SignedIn): Promise<Device>;
  /** Trusts this browser; the assertion has to tell of a second factor that was just passed. */
  trust(deviceId: string, options?: TrustOptions): Promise<Device>;
  /** The next sign-in from the device asks for the second factor. */
  distrust(deviceId: string, options?: SignedIn): Promise<Device>;
  /** Signs the device out for good; it may be registered again. */
  remove(deviceId: string, options?: SignedIn): Promise<void>;
  /** Blocks the device; only support staff can unblock it. */
  reportLost(deviceId: string, options?: SignedIn): Promise<Device>;
  /** What happened to the devices, the latest first; go on with `cursor` while there is a `nextCursor`. */
  history(options?: HistoryOptions): Promise<History>;
  /** Removes every other device that is not blocked, and gives their ids. */
  signOutOthers(options?: SignedIn): Promise<string[]>;
}

/** What is asked for under `/me`. */
interface Call extends Request {
  path: string;
}

export function devicesOf(context: Context): Devices {
  const { keyring } = context;
  const on = <T>(deviceId: string, what: Partial<Call>, options: SignedIn | undefined) =>
    call<T>(context, { ...what, path: `/devices/${segment(deviceId)}${what.path ?? ''}` }, options);

  return {
    async list(options) {
      const { items } = await call<{ items: Device[] }>(context, { path: '/devices', method: 'GET' }, options);
      const current = items.find(({ isCurrent }) => isCurrent);
      await regardless(current && keyring.schedule(current.rotateAfter));
      return items;
    },

    rename: async (deviceId, deviceName, options) => on(deviceId, { method: 'PATCH', body: { deviceName } }, options),

    async trust(deviceId, { duration, until, permanent, ...options } = {}) {
      return on(deviceId, { path: '/trust', body: { duration, until, permanent } }, options);
    },

    distrust: async (deviceId, options) => on(deviceId, { path: '/distrust' }, options),

    async remove(deviceId, options) {
      await on(deviceId, { method: 'DELETE' }, options);
      // Else this browser would be registered again for them, unasked, at the next call.
      await regardless(keyring.disown(deviceId));
    },

    reportLost: async (deviceId, options) => on(deviceId, { path: '/report-lost' }, options),

    history: async ({ cursor, ...options } = {}) => {
      const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
      return call<History>(context, { path: `/events${query}`, method: 'GET' }, options);
    },

    async signOutOthers(options) {
      return (await call<{ devices: string[] }>(context, { path: '/sign-out-others' }, options)).devices;
    },
  };
}

/** Makes a call as this device. Where the service does not know it any more, it is registered again first. */
async function call<T>(context: Context, what: Call, { assertion, user }: SignedIn = {}): Promise<T> {
  const shown = await obtain(assertion, context.assertion);
  try {
    return await send(context, what, shown, true);
  } catch (error) {
    if (!isForgotten(error)) {
      throw error;
    }
    return send(context, what, shown, await registerAgain(context, shown, user));
  }
}

/** The service names the header where it is this device that it does not know, and not the one that is spoken of. */
function isForgotten(error: unknown): boolean {
  const { code, field } = error as SymbolonError;
  return code === 'device_unknown' && field === 'Symbolon-Proof';
}

async function send<T>(context: Context, { path, ...request }: Call, assertion: string, asDevice: boolean): Promise<T> {
  let key = newKey();
  return retrying(async (before) => {
    const proof = asDevice ? await selfProof(context) : undefined;
    // The service keeps refusals under a key, too: only what may have been done is asked for under the same one.
    key = before?.status === 422 ? newKey() : key;
    const headers = request.method === 'GET' ? {} : { 'Idempotency-Key': key };
    return context.service.me<T>(path, { ...request, headers }, assertion, proof);
  });
}

function newKey(): string {
  return encode(crypto.getRandomValues(new Uint8Array(16)));
}

/** A proof that names no user: the assertion does. Nothing where this browser has no key. */
async function selfProof(context: Context): Promise<string | undefined> {
  const found = await find(context);
  if ('reason' in found) {
    return undefined;
  }
  const made = await context.service.challenge('prove');
  const key = await context.rotation.ready(found, made);
  return signProof(key, { aud: context.app, challenge: made.challenge, purpose: 'prove' });
}
