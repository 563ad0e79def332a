import { DatabaseSync } from "node:sqlite";

/** SQLite's result code for "somebody else holds the lock". */
const SQLITE_BUSY = 5;

/** Two wings that start in the same instant meet on the way to the lock; the one that has it waits for the other to let go. */
const LOCK_WAIT_MS = 250;

/** Another wing runs on the same state folder. */
export class WingAlreadyRunningError extends Error {
  override readonly name = "WingAlreadyRunningError";
  constructor(stateDir: string) {
    super(`a wing already runs on ${stateDir}: stop it with wt stop, or set WINGTHING_DIR to another folder`);
  }
}

/** Keeps other wings off the state folder until it is disposed of or the process ends in whatever way. */
export interface SingleWing extends Disposable {}

/**
 * Takes the state folder for this wing. Node offers no flock; an empty SQLite file held in an exclusive transaction is
 * the same kernel lock, free of the races of pid files, and works between two wings of one process as well.
 * @throws WingAlreadyRunningError.
 */
export function claimStateDir(stateDir: string, lockFile: string): SingleWing {
  const database = new DatabaseSync(lockFile, { timeout: LOCK_WAIT_MS });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY) {
      throw new WingAlreadyRunningError(stateDir);
    }
    throw cause;
  }
  return { [Symbol.dispose]: () => database.close() };
}
