import type { RecordStore } from "./record-store.ts";

/** Raised when a record kind is added; `onupgradeneeded` then makes the missing ones. */
const VERSION = 1;
const NAME = "wingthing";
/** Kinds of records: the pinned keys of wings, and small things that save a person time. */
const KINDS = ["pins", "conveniences"] as const;

/** Kind of a record. */
export type RecordKind = (typeof KINDS)[number];

/** The browser keeps no data for this page, as in some private windows. */
export class StorageUnavailableError extends Error {
  override readonly name = "StorageUnavailableError";
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The page's database. Throws StorageUnavailableError when the browser has none to give. */
export class BrowserDatabase {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // A newer version in another tab may upgrade; this tab reloads its data when it is next opened.
    database.onversionchange = () => database.close();
  }

  /** Opens it, and makes it the first time. */
  static async open(factory: IDBFactory | undefined): Promise<BrowserDatabase> {
    if (factory === undefined) throw new StorageUnavailableError("this browser has no IndexedDB");
    try {
      const request = factory.open(NAME, VERSION);
      request.onupgradeneeded = () => {
        for (const kind of KINDS) {
          if (!request.result.objectStoreNames.contains(kind)) request.result.createObjectStore(kind);
        }
      };
      return new BrowserDatabase(await resultOf(request));
    } catch (cause) {
      throw new StorageUnavailableError("this browser keeps no data for this page", { cause });
    }
  }

  /** The records of one kind; `parse` reads what an older version of the page may have written. */
  records<Value>(kind: RecordKind, parse: (stored: unknown) => Value | undefined): RecordStore<Value> {
    const store = (mode: IDBTransactionMode) => this.#database.transaction(kind, mode).objectStore(kind);
    return {
      get: async (key) => parse(await resultOf<unknown>(store("readonly").get(key))),
      put: async (key, value) => void (await resultOf(store("readwrite").put(value, key))),
      delete: async (key) => void (await resultOf(store("readwrite").delete(key))),
    };
  }
}
