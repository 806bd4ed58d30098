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

/** Runs a function in the page with the stored record of the key. */
export async function withStoredKey(page, work) {
  const name = await databaseName(page);
  return page.evaluate(
    async ([name, source]) => {
      const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => resolve(request.result);
      });
      const request = database.transaction('device').objectStore('device').get('key');
      await new Promise((resolve) => (request.onsuccess = resolve));
      database.close();
      return (0, eval)(`(${source})`)(request.result);
    },
    [name, work.toString()],
  );
}
