// Ways in which a browser's storage fails, run in the page.

/** The first times that a database is opened fail with a DOMException of this name; -1 is every time. */
export function failOpening(page, name, times) {
  return page.evaluate(
    ([name, times]) => {
      const { open, deleteDatabase } = IDBFactory.prototype;
      window.deleted = 0;
      IDBFactory.prototype.open = function (database) {
        if (times-- === 0) {
          times = 0;
          return open.call(this, database);
        }
        const request = { error: new DOMException('made to fail', name) };
        queueMicrotask(() => request.onerror());
        return request;
      };
      IDBFactory.prototype.deleteDatabase = function (database) {
        window.deleted++;
        return deleteDatabase.call(this, database);
      };
    },
    [name, times],
  );
}

/** How often a database was deleted since opening was made to fail. */
export const deletions = (page) => page.evaluate(() => window.deleted);

/** The name of the one database of the page's origin. */
const databaseName = (page) => page.evaluate(async () => (await indexedDB.databases())[0].name);

/** Puts another database in the place of the SDK's: with another table, or with nonsense in the right one. */
export async function replaceDatabase(page, table, value) {
  const name = await databaseName(page);
  await page.evaluate(
    ([name, table, value]) =>
      new Promise((resolve, reject) => {
        indexedDB.deleteDatabase(name);
        const request = indexedDB.open(name);
        request.onupgradeneeded = () => request.result.createObjectStore(table).put(value, 'key');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => resolve(request.result.close());
      }),
    [name, table, value],
  );
}

/** Runs a function in the page with all that is stored. */
export async function withStored(page, work) {
  const name = await databaseName(page);
  return page.evaluate(
    async ([name, source]) => {
      const done = (request) =>
        new Promise((resolve, reject) => {
          request.onerror = () => reject(request.error);
          request.onsuccess = () => resolve(request.result);
        });
      const database = await done(indexedDB.open(name));
      const table = database.transaction('device').objectStore('device');
      const [keys, values] = await Promise.all([done(table.getAllKeys()), done(table.getAll())]);
      database.close();
      const stored = Object.fromEntries(keys.map((key, index) => [key, values[index]]));
      return (0, eval)(`(${source})`)(stored);
    },
    [name, work.toString()],
  );
}

/** What is stored of the keys: the public halves, and how a rotation stands. */
export function storedKeys(page) {
  return withStored(page, ({ key, next, postponedUntil }) => ({
    key: key.publicKey.x,
    next: next?.publicKey.x,
    open: next?.openUntil !== undefined,
    postponed: postponedUntil !== undefined,
  }));
}
