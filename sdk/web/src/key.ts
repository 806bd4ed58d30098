import { encode } from './base64url.js';
import { SymbolonError } from './errors.js';
import { Store, answer, isBroken } from './store.js';

/** The public members of a P-256 key, in the order in which RFC 7638 hashes them. */
export interface PublicJWK {
  crv: string;
  kty: string;
  x: string;
  y: string;
}

export interface DeviceKey {
  /** The RFC 7638 thumbprint of the first public key. */
  keyId: string;
  publicKey: PublicJWK;
  /** Can sign and never be read: it is made with `extractable: false`. */
  privateKey: CryptoKey;
}

/** Why this browser can hold no key. */
export type NoKey = 'no_secure_context' | 'no_storage';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
/** Milliseconds to wait for another tab that is making the key. */
const lockLimit = 5_000;

/** The one key of an app in this browser profile, and the user who registered it last. */
export class Keyring {
  readonly #name: string;
  readonly #store: Store;

  constructor(name: string) {
    this.#name = name;
    this.#store = new Store(name);
  }

  /** The key and its last user, or undefined where none was made yet or the store is broken. */
  load(): Promise<{ key: DeviceKey; user: string | undefined } | undefined> {
    return guarded(async () => {
      try {
        return await this.#read();
      } catch (error) {
        if (isBroken(error)) {
          return undefined;
        }
        throw error;
      }
    });
  }

  /** The key, made if there is none. Tabs that ask at once get the same one. */
  ensure(): Promise<DeviceKey> {
    return guarded(() => locked(this.#name, () => this.#ensure()));
  }

  /** Notes who registered the key, unless it was forgotten meanwhile. */
  remember({ keyId }: DeviceKey, user: string): Promise<void> {
    return this.#store.use('readwrite', async (values) => {
      const key = await answer<DeviceKey | undefined>(values.get('key'));
      if (key?.keyId === keyId) {
        values.put(user, 'user');
      }
    });
  }

  /** Deletes key and user for good. Where nothing can be kept, there is nothing to delete. */
  async forget(): Promise<void> {
    if (unfit() === undefined) {
      await guarded(() => locked(this.#name, () => this.#store.destroy()));
    }
  }

  #read() {
    return this.#store.use('readonly', async (values) => {
      const [key, user] = await Promise.all([answer<unknown>(values.get('key')), answer<unknown>(values.get('user'))]);
      return key === undefined ? undefined : { key: checked(key), user: typeof user === 'string' ? user : undefined };
    });
  }

  async #ensure(): Promise<DeviceKey> {
    for (let failures = 1; ; failures++) {
      try {
        return (await this.#read())?.key ?? (await this.#add(await generate()));
      } catch (error) {
        if (!isBroken(error) || failures > 2) {
          throw error;
        }
        // A second look before the store is deleted: a key lost to a passing fault would be a device lost.
        if (failures === 2) {
          await this.#store.destroy();
        }
      }
    }
  }

  /** Adds the key if there is none, else gives the one there is: the rule that holds also without locks. */
  #add(made: DeviceKey): Promise<DeviceKey> {
    return this.#store.use('readwrite', async (values) => {
      const winner = await answer<unknown>(values.get('key'));
      if (winner !== undefined) {
        return checked(winner);
      }
      values.add(made, 'key');
      return made;
    });
  }
}

async function generate(): Promise<DeviceKey> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const { crv, kty, x, y } = (await crypto.subtle.exportKey('jwk', publicKey)) as PublicJWK;
  const jwk = { crv, kty, x, y };
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(jwk)));
  return { keyId: encode(digest), publicKey: jwk, privateKey };
}

function checked(stored: unknown): DeviceKey {
  const { keyId, publicKey, privateKey } = (stored ?? {}) as Partial<DeviceKey>;
  if (typeof keyId === 'string' && typeof publicKey?.x === 'string' && privateKey instanceof CryptoKey) {
    return { keyId, publicKey, privateKey };
  }
  throw new DOMException('the stored key is not one of ours', 'DataError');
}

async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) {
    return work();
  }
  return await navigator.locks.request(name, { signal: AbortSignal.timeout(lockLimit) }, work);
}

/** Why no key can be kept here, whatever is tried. */
function unfit(): SymbolonError | undefined {
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
async function guarded<T>(work: () => Promise<T>): Promise<T> {
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
