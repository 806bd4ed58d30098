import { guarded, locked, unfit } from './guard.js';
import { type DeviceKey, type KeyPair, checkedKey, checkedPair, generate, generateKey, isSame } from './key.js';
import { Store, answer, isBroken } from './store.js';

/** How many users of one browser are remembered. */
const mostOwners = 20;

/** A user who registered the key here, and the device that it made. */
export interface Owner {
  user: string;
  deviceId: string;
}

/** The key that shall replace the present one. It is kept until it does. */
export interface NextKey extends KeyPair {
  /** Until then the service may come to hold it, and has to be asked which one it holds. Absent once that is known. */
  openUntil?: string;
}

/** All that is kept for one app in this browser profile. */
export interface Held {
  key: DeviceKey;
  next: NextKey | undefined;
  /** Who registered the key, the last first. */
  owners: Owner[];
  /** When the key is to be replaced, by the service's clock. */
  rotateAfter: string | undefined;
  /** Until when that waits, after the service refused it. */
  postponedUntil: string | undefined;
}

/** What the service said of the device when it was registered. */
interface Registered {
  userId: string;
  deviceId: string;
  keyId?: string;
  rotateAfter?: string;
}

/** The one key of an app in this browser profile, and what has to be remembered with it. */
export class Keyring {
  readonly #name: string;
  readonly #store: Store;

  constructor(name: string) {
    this.#name = name;
    this.#store = new Store(name);
  }

  /** What is held, or undefined where no key was made yet or the store is broken. */
  load(): Promise<Held | undefined> {
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

  /** Notes who registered the key, and by which id the service knows it, unless it was forgotten meanwhile. */
  remember({ keyId }: DeviceKey, device: Registered): Promise<void> {
    return this.#change(async (values, key) => {
      if (key.keyId !== keyId) {
        return;
      }
      // A key that was rotated, forgotten by the service and registered anew has a new id.
      if (device.keyId !== undefined && device.keyId !== keyId) {
        values.put({ ...key, keyId: device.keyId }, 'key');
      }
      const others = (await ownersIn(values)).filter(({ user }) => user !== device.userId);
      const owner = { user: device.userId, deviceId: device.deviceId };
      values.put([owner, ...others].slice(0, mostOwners), 'owners');
      put(values, 'rotateAfter', device.rotateAfter);
    });
  }

  /** Notes that the device is gone: its user has no device in this browser any more. */
  disown(deviceId: string): Promise<void> {
    return this.#change(async (values) => {
      values.put((await ownersIn(values)).filter((owner) => owner.deviceId !== deviceId), 'owners');
    });
  }

  /** Notes when the key is to be replaced. */
  schedule(rotateAfter: string | undefined): Promise<void> {
    return this.#change(async (values) => put(values, 'rotateAfter', rotateAfter));
  }

  /** Notes that the service refused to replace it, and when to ask again. */
  postpone(until: string): Promise<void> {
    return this.#change(async (values) => put(values, 'postponedUntil', until));
  }

  /** The key that shall replace this one, on disk before anyone hears of it; undefined if another tab replaced it. */
  async prepare(present: DeviceKey): Promise<NextKey | undefined> {
    const made = await guarded(generate);
    return this.#change(async (values, key) => {
      if (!isSame(key, present)) {
        return undefined;
      }
      const next = await nextIn(values);
      if (next === undefined) {
        values.put(made, 'next');
      }
      return next ?? made;
    });
  }

  /** Notes that the service may come to hold the next key until then. */
  open(next: NextKey, openUntil: string): Promise<void> {
    return this.#changeNext(next, (values) => values.put({ ...next, openUntil }, 'next'));
  }

  /** Notes that the service holds the present key and will go on to. The next one waits for another rotation. */
  close({ publicKey, privateKey, openUntil }: NextKey): Promise<void> {
    const next = { publicKey, privateKey };
    return this.#changeNext(next, (values, _, stored) => {
      // Another tab may have begun one meanwhile.
      if (stored.openUntil === openUntil) {
        values.put(next, 'next');
      }
    });
  }

  /** Puts the next key in the place of the present one, which the service does not hold any more. */
  promote(next: NextKey, rotateAfter: string | undefined): Promise<void> {
    return this.#changeNext(next, (values, { keyId }) => {
      values.put({ keyId, publicKey: next.publicKey, privateKey: next.privateKey }, 'key');
      values.delete('next');
      values.delete('postponedUntil');
      put(values, 'rotateAfter', rotateAfter);
    });
  }

  /** Deletes all of it for good. Where nothing can be kept, there is nothing to delete. */
  async forget(): Promise<void> {
    if (unfit() === undefined) {
      await guarded(() => locked(this.#name, () => this.#store.destroy()));
    }
  }

  #read(): Promise<Held | undefined> {
    return this.#store.use('readonly', async (values) => {
      const [key, next, owners, rotateAfter, postponedUntil] = await Promise.all([
        answer<unknown>(values.get('key')),
        nextIn(values),
        ownersIn(values),
        answer<string | undefined>(values.get('rotateAfter')),
        answer<string | undefined>(values.get('postponedUntil')),
      ]);
      return key === undefined ? undefined : { key: checkedKey(key), next, owners, rotateAfter, postponedUntil };
    });
  }

  async #ensure(): Promise<DeviceKey> {
    for (let failures = 1; ; failures++) {
      try {
        return (await this.#read())?.key ?? (await this.#add(await generateKey()));
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
        return checkedKey(winner);
      }
      values.add(made, 'key');
      return made;
    });
  }

  /** Changes what is kept with the key, in one transaction, if there is a key. */
  #change<T>(work: (values: IDBObjectStore, key: DeviceKey) => Promise<T>): Promise<T | undefined> {
    return guarded(() =>
      this.#store.use('readwrite', async (values) => {
        const key = await answer<unknown>(values.get('key'));
        return key === undefined ? undefined : work(values, checkedKey(key));
      }),
    );
  }

  /** Changes the next key, if it is this one still: another tab may have promoted it. */
  #changeNext(
    next: NextKey,
    work: (values: IDBObjectStore, key: DeviceKey, stored: NextKey) => unknown,
  ): Promise<void> {
    return this.#change(async (values, key) => {
      const stored = await nextIn(values);
      if (stored && isSame(next, stored)) {
        work(values, key, stored);
      }
    });
  }
}

async function ownersIn(values: IDBObjectStore): Promise<Owner[]> {
  const owners = await answer<unknown>(values.get('owners'));
  return Array.isArray(owners) ? (owners as Owner[]) : [];
}

async function nextIn(values: IDBObjectStore): Promise<NextKey | undefined> {
  const next = await answer<unknown>(values.get('next'));
  return next === undefined ? undefined : checkedPair<NextKey>(next);
}

/** Under what name a browser keeps its key for an app of a service. */
export function keyName(serviceUrl: string, app: string): string {
  return `symbolon ${serviceUrl} ${app}`;
}

function put(values: IDBObjectStore, name: string, value: string | undefined): void {
  if (value === undefined) {
    values.delete(name);
  } else {
    values.put(value, name);
  }
}
