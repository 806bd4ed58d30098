import { within } from './time.js';

const table = 'device';
/** Milliseconds after which a database that does not open counts as not there: some browsers never answer. */
const openLimit = 3_000;

/** What a broken database, or one of another make, fails with. Others (quota, security) tell nothing of its state. */
const brokenNames = new Set(['NotFoundError', 'UnknownError', 'NotReadableError', 'DataError']);

export function isBroken(error: unknown): boolean {
  return error instanceof DOMException && brokenNames.has(error.name);
}

/** A few named values in one IndexedDB database. It is opened for each use, so that no tab stands in another's way. */
export class Store {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Runs work in one transaction and gives its result once it is on disk. Work may only await requests of its own. */
  async use<T>(mode: IDBTransactionMode, work: (values: IDBObjectStore) => Promise<T>): Promise<T> {
    const database = await open(this.#name);
    try {
      const transaction = database.transaction(table, mode, { durability: 'strict' });
      const [result] = await Promise.all([work(transaction.objectStore(table)), committed(transaction)]);
      return result;
    } finally {
      database.close();
    }
  }

  destroy(): Promise<unknown> {
    return within(openLimit, answer(indexedDB.deleteDatabase(this.#name)));
  }
}

async function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  const opened = answer(request).then((database) => {
    database.onversionchange = () => database.close();
    return database;
  });
  return within(openLimit, opened);
}

/** The outcome of one request. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
