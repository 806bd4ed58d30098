import { checkAssertion, subjectOf } from './assertion.js';
import type { ClientDecision, Device } from './device.js';
import { SymbolonError } from './errors.js';
import { type DeviceKey, Keyring, type NoKey } from './key.js';
import { payloadHash, signProof } from './proof.js';
import { retrying } from './retry.js';
import { Service } from './service.js';
import { type Signals, collectSignals } from './signals.js';

export interface SymbolonOptions {
  /** Where the service answers: "https://devices.example.com", or a path on this page's own origin. */
  baseUrl: string;
  /** The app's id. Two apps never share a key. */
  app: string;
  /** False sends nothing about the browser's looks. Default true. */
  signals?: boolean;
  /** Sends the requests. Default: the page's own fetch. */
  fetch?: typeof fetch;
}

export interface RegisterOptions {
  /** Says who the user is: a ticket that the app's backend obtained, or an OIDC token. */
  assertion: string;
  /** What the user calls the device; by default the service derives "Chrome on macOS". */
  deviceName?: string;
  /** The user's id, where the assertion is no JWT that names it as `sub`. */
  user?: string;
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

export interface CurrentDevice extends ClientDecision {
  /** Why no decision was asked for: this browser can't hold a key, has none, or its key has no user yet. */
  reason?: NoKey | 'no_key' | 'user_needed';
}

/** Every function rejects only with a SymbolonError. */
export interface Symbolon {
  /** Makes this browser a device of the user; repeating it gives the same device. */
  register(options: RegisterOptions): Promise<Device>;
  /** Signs a fresh challenge, which is good for five minutes and one use. */
  prove(options?: ProveOptions): Promise<Proof>;
  /** Asks what the service knows of this browser, also when signed out; the user is by default who registered last. */
  currentDevice(options?: { user?: string }): Promise<CurrentDevice>;
  /** Deletes the key and all that was remembered; the next registration makes a new device. */
  forget(): Promise<void>;
}

/** Sets up the SDK for one app of one service; nothing is sent or stored until a function is called. */
export function createSymbolon(options: SymbolonOptions): Symbolon {
  const app = options.app;
  if (typeof app !== 'string' || app === '') {
    throw new SymbolonError('invalid_request', 'app must be the id of an app');
  }
  const baseUrl = resolve(options.baseUrl);
  const service = new Service(baseUrl, app, options.fetch ?? ((...request) => fetch(...request)));
  const keyring = new Keyring(`symbolon ${baseUrl} ${app}`);
  const look = async () => (options.signals === false ? undefined : await collectSignals());

  return {
    async register({ assertion, deviceName, user }) {
      checkAssertion(assertion);
      const sub = user ?? subjectOf(assertion);
      const [key, signals] = await Promise.all([keyring.ensure(), look()]);
      const device = await retrying(async () => {
        const challenge = await service.challenge('register');
        const proof = await signProof(key, { aud: app, challenge, purpose: 'register', sub });
        return service.register(assertion, { proof, deviceName, platform: 'web', signals });
      });
      await settle(keyring, key, sub);
      return device;
    },

    async prove({ user, action, payload } = {}) {
      const [found, signals] = await Promise.all([find(keyring), look()]);
      if ('reason' in found) {
        return { proof: null, reason: found.reason, signals };
      }
      const hash = payload === undefined ? undefined : await payloadHash(payload);
      const proof = await retrying(async () => {
        const challenge = await service.challenge('prove');
        return signProof(found.key, { aud: app, challenge, purpose: 'prove', sub: user, action, payloadHash: hash });
      });
      return { proof, signals };
    },

    async currentDevice({ user } = {}) {
      const found = await find(keyring);
      if ('reason' in found) {
        return unknown(found.reason);
      }
      const sub = user ?? found.user;
      if (sub === undefined) {
        return unknown('user_needed');
      }
      const signals = await look();
      return retrying(async () => {
        const challenge = await service.challenge('prove');
        const proof = await signProof(found.key, { aud: app, challenge, purpose: 'prove', sub });
        return service.decide({ proof, signals });
      });
    },

    forget: () => keyring.forget(),
  };
}

/** The base without a slash at its end, whole, so that one service has one key however the page spells it. */
function resolve(baseUrl: string): string {
  try {
    const { protocol, origin, pathname } = new URL(baseUrl, globalThis.location?.href);
    if (protocol === 'https:' || protocol === 'http:') {
      return `${origin}${pathname}`.replace(/\/+$/, '');
    }
  } catch {
    // Said below, in our words.
  }
  throw new SymbolonError('invalid_request', 'baseUrl must be an http or https address, or a path on this origin');
}

type Found = { key: DeviceKey; user: string | undefined } | { reason: NoKey | 'no_key' };

/** A browser without a key is a case to go on with, not an error: the person signs in with a code. */
async function find(keyring: Keyring): Promise<Found> {
  try {
    return (await keyring.load()) ?? { reason: 'no_key' };
  } catch (error) {
    return { reason: (error as SymbolonError).code as NoKey };
  }
}

function unknown(reason: NonNullable<CurrentDevice['reason']>): CurrentDevice {
  return { recommendation: 'CHALLENGE', known: false, reason };
}

/** The device is registered by now, so nothing in here may fail the caller. */
async function settle(keyring: Keyring, key: DeviceKey, user: string): Promise<void> {
  await keyring.remember(key, user).catch(() => undefined);
  // Not awaited: a browser may ask the person whether the site may keep its storage.
  navigator.storage?.persist?.().catch(() => undefined);
}
