import { type LastChoice, parseLastChoice } from "../session/last-choice.ts";
import { parseSessionWings, type SessionWing } from "../session/session-memory.ts";
import { type KeyPin, parsePin } from "../wing/key-pin.ts";
import { BrowserDatabase, StorageUnavailableError } from "./browser-database.ts";
import { createMemoryStore, type RecordStore } from "./record-store.ts";

/** Everything that the page keeps in this browser. None of it is secret. */
export interface Stores {
  readonly pins: RecordStore<KeyPin>;
  readonly sessionWings: RecordStore<readonly SessionWing[]>;
  readonly choices: RecordStore<LastChoice>;
  /** False when nothing outlives the page. */
  readonly lasting: boolean;
}

/** Opens them; where the browser keeps no data they live as long as the page, and `lasting` says so. */
export async function openStores(factory: IDBFactory | undefined): Promise<Stores> {
  try {
    const database = await BrowserDatabase.open(factory);
    return {
      pins: database.records("pins", parsePin),
      sessionWings: database.records("conveniences", parseSessionWings),
      choices: database.records("conveniences", parseLastChoice),
      lasting: true,
    };
  } catch (error) {
    if (!(error instanceof StorageUnavailableError)) throw error;
    return {
      pins: createMemoryStore(),
      sessionWings: createMemoryStore(),
      choices: createMemoryStore(),
      lasting: false,
    };
  }
}
