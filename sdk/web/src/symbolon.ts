import { type AssertionSource, obtain } from './assertion.js';
import { type Context, find } from './context.js';
import { type CurrentDevice, currentDevice } from './current.js';
import type { Device } from './device.js';
import { type Devices, devicesOf } from './devices.js';
import { SymbolonError } from './errors.js';
import { type BoundFetch, bindFetch } from './fetch.js';
import type { NoKey } from './guard.js';
import { Keyring, keyName } from './keyring.js';
import { payloadHash, signProof } from './proof.js';
import { type RegisterOptions, register, registerAgain } from './register.js';
import { retrying } from './retry.js';
import { Rotation } from './rotation.js';
import { Service } from './service.js';
import { type Signals, collectSignals } from './signals.js';

export interface SymbolonOptions {
  /** Where the service answers: "https://devices.example.com", or a path on this page's own origin. */
  baseUrl: string;
  /**
   * The baseUrl that the app's other pages have, where this page reaches the same service by another way: a browser keeps
   * one key for each service and app, under that name. Default: baseUrl.
   */
  serviceUrl?: string;
  /** The app's id. Two apps never share a key. */
  app: string;
  /** Gives a fresh assertion for the signed-in user, for calls that are given none; rejects where nobody is. */
  assertion?: AssertionSource;
  /** False sends nothing about the browser's looks. Default true. */
  signals?: boolean;
  /** Sends the requests. Default: the page's own fetch. */
  fetch?: typeof fetch;
}

export interface ProveOptions {
  /** The user's id, where the page knows it. Left out, the app's backend alone names the user. */
  user?: string;
  /** What the user is about to do; the backend must name the same. */
  action?: string;
  /** What the user was shown: its bytes are signed by their SHA-256, and the backend must name the same. */
  payload?: string | Uint8Array;
}

/** For the app's own backend, which asks the service for a decision with it. */
export interface Proof {
  /** A compact JWS to be used once, or null where this browser has no key: the backend then asks for a code. */
  proof: string | null;
  reason?: NoKey | 'no_key';
  /** To be passed along with the proof, as they are. */
  signals?: Signals | undefined;
}

/** Every function rejects only with a SymbolonError; fetch, also as the page's own fetch does. */
export interface Symbolon {
  /** Makes this browser a device of the user; repeating it gives the same device. */
  register(options?: RegisterOptions): Promise<Device>;
  /** Signs a fresh challenge, which is good for five minutes and one use. */
  prove(options?: ProveOptions): Promise<Proof>;
  /** Asks what the service knows of this browser, also when signed out; the user is by default who registered last. */
  currentDevice(options?: { user?: string }): Promise<CurrentDevice>;
  /**
   * Like the page's own fetch, and shows with the request that it comes from this device: to servers of your app that
   * demand it. Rejects with a SymbolonError where this browser is no device of the user.
   */
  fetch: BoundFetch;
  /** Replaces the key by a new one; device and trust stay. Where the app's policy sets an age, it happens by itself. */
  rotate(): Promise<void>;
  /** Deletes the key and all that was remembered; the next registration makes a new device. */
  forget(): Promise<void>;
  /** The devices of the signed-in user. */
  devices: Devices;
}

/** Sets up the SDK for one app of one service; nothing is sent or stored until a function is called. */
export function createSymbolon(options: SymbolonOptions): Symbolon {
  const context = contextOf(options);
  const { app, service, keyring, rotation } = context;

  return {
    register: (given = {}) => register(context, given),

    async prove({ user, action, payload } = {}) {
      const signals = await context.look();
      return retrying(async () => {
        const found = await find(context);
        if ('reason' in found) {
          return { proof: null, reason: found.reason, signals };
        }
        const hash = payload === undefined ? undefined : await payloadHash(payload);
        const made = await service.challenge('prove');
        const key = await rotation.ready(found, made);
        const claims = { aud: app, challenge: made.challenge, sub: user, action, payloadHash: hash };
        return { proof: await signProof(key, { ...claims, purpose: 'prove' }), signals };
      });
    },

    currentDevice: ({ user } = {}) => currentDevice(context, user),

    async rotate() {
      try {
        await rotation.rotate();
      } catch (error) {
        if ((error as SymbolonError).code !== 'device_unknown' || !(await isRegisteredAgain(context))) {
          throw error;
        }
        await rotation.rotate();
      }
    },

    forget: () => keyring.forget(),

    fetch: bindFetch(context),

    devices: devicesOf(context),
  };
}

function contextOf({ app, signals, assertion, ...options }: SymbolonOptions): Context {
  if (typeof app !== 'string' || app === '') {
    throw new SymbolonError('invalid_request', 'app must be the id of an app');
  }
  const baseUrl = resolve('baseUrl', options.baseUrl);
  const name = keyName(options.serviceUrl === undefined ? baseUrl : resolve('serviceUrl', options.serviceUrl), app);
  const send = options.fetch ?? ((...request) => fetch(...request));
  const service = new Service(baseUrl, app, send);
  const keyring = new Keyring(name);
  const rotation = new Rotation(app, name, service, keyring);
  const look = async () => (signals === false ? undefined : collectSignals());
  return { app, send, service, keyring, rotation, look, assertion };
}

/** An address without a slash at its end, whole, so that one service has one key however the page spells it. */
function resolve(option: string, address: string): string {
  try {
    const { protocol, origin, pathname } = new URL(address, globalThis.location?.href);
    if (protocol === 'https:' || protocol === 'http:') {
      return `${origin}${pathname}`.replace(/\/+$/, '');
    }
  } catch {
    // Said below, in our words.
  }
  throw new SymbolonError('invalid_request', `${option} must be an http or https address, or a path on this origin`);
}

/** A device that the service does not know any more is registered again, where the page has an assertion at hand. */
async function isRegisteredAgain(context: Context): Promise<boolean> {
  const assertion = await obtain(undefined, context.assertion).catch(() => undefined);
  return assertion !== undefined && registerAgain(context, assertion, undefined);
}
