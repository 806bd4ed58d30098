import type { AssertionSource } from './assertion.js';
import type { SymbolonError } from './errors.js';
import type { NoKey } from './guard.js';
import type { Held, Keyring } from './keyring.js';
import type { Rotation } from './rotation.js';
import type { Service } from './service.js';
import type { Signals } from './signals.js';

/** What the SDK's functions share: one app of one service, and this browser's key for it. */
export interface Context {
  app: string;
  /** Sends the requests. */
  send: typeof fetch;
  service: Service;
  keyring: Keyring;
  rotation: Rotation;
  /** The signals, or nothing where the page turned them off. */
  look(): Promise<Signals | undefined>;
  /** Where assertions come from that no call gives. */
  assertion: AssertionSource | undefined;
}

export type Found = Held | { reason: NoKey | 'no_key' };

/** A browser without a key is a case to go on with, not an error: the person signs in with a code. */
export async function find({ keyring }: Context): Promise<Found> {
  try {
    return (await keyring.load()) ?? { reason: 'no_key' };
  } catch (error) {
    return { reason: (error as SymbolonError).code as NoKey };
  }
}

/** For what is noted in passing: where it can't be kept, the page's own call has succeeded all the same. */
export function regardless(work: Promise<unknown> | undefined): Promise<unknown> | undefined {
  return work?.catch(() => undefined);
}
