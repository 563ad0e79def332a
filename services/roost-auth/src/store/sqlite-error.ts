import { StoreUnavailableError } from "./store.ts";

const BUSY = 5;

/** Low byte of SQLite's result codes (https://sqlite.org/rescode.html) that say something about the machine. */
const CAUSES: ReadonlyMap<number, string> = new Map([
  [BUSY, "The roost's database is held by another program. Stop that program, or try again."],
  [6, "The roost's database is held by another program. Stop that program, or try again."],
  [8, "The roost's database may not be written. Give its user the rights to it, and its disk back."],
  [10, "The disk of the roost's database fails. Look at the system's log."],
  [11, "The roost's database is damaged. Put back a copy, or move it away to begin anew."],
  [13, "The disk of the roost's database is full. Free some space; what was stored before is safe."],
  [14, "The roost's database could not be opened. Does its folder exist, and may this user write there?"],
  [26, "The roost's database is not a database. Put back a copy, or move it away to begin anew."],
]);

/** Another process holds the database just now. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** Makes a StoreUnavailableError of what a person can mend; anything else stays what it is: a fault of ours. */
export function asStoreError(error: unknown): unknown {
  const text = CAUSES.get(resultCode(error) ?? 0);
  return text === undefined ? error : new StoreUnavailableError(text, { cause: error });
}
