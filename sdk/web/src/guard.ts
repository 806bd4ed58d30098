import { SymbolonError } from './errors.js';

/** Milliseconds to wait for another tab. */
const lockLimit = 5_000;

/** Why this browser can hold no key. */
export type NoKey = 'no_secure_context' | 'no_storage';

/** Why no key can be kept here, whatever is tried. */
export function unfit(): SymbolonError | undefined {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
    const message = 'a key can only be kept on a page that came over https, or from localhost';
    return new SymbolonError('no_secure_context', message);
  }
  try {
    if (globalThis.indexedDB) {
      return undefined;
    }
  } catch {
    // Some browsers throw at the mere sight of it where storage is off.
  }
  return new SymbolonError('no_storage', 'this browser keeps no key: it has no IndexedDB');
}

/** Whatever the browser's store says in its own words comes out as one of two codes. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  const error = unfit();
  if (error) {
    throw error;
  }
  try {
    return await work();
  } catch (cause) {
    throw new SymbolonError('no_storage', `this browser keeps no key: ${(cause as Error).message}`);
  }
}

/** Runs work while no other tab runs work of this name, where the browser has locks; rejects when it waits in vain. */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) {
    return work();
  }
  return await navigator.locks.request(name, { signal: AbortSignal.timeout(lockLimit) }, work);
}
