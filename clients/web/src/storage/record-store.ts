/** Records of one kind by key, kept by this browser. Values are plain data (structured clone), never secrets. */
export interface RecordStore<Value> {
  /** The record, or undefined when there is none. */
  get(key: string): Promise<Value | undefined>;
  /** Writes or replaces a record. */
  put(key: string, value: Value): Promise<void>;
  /** Removes a record; nothing when there is none. */
  delete(key: string): Promise<void>;
}

/** Records that live as long as the page: for tests, and for browsers that allow no storage. */
export function createMemoryStore<Value>(): RecordStore<Value> {
  const records = new Map<string, Value>();
  return {
    get: async (key) => records.get(key),
    put: async (key, value) => void records.set(key, structuredClone(value)),
    delete: async (key) => void records.delete(key),
  };
}
