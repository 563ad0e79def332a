import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { ensurePrivateFile } from "../files/private-files.ts";
import { KyselyStore } from "./kysely-store.ts";
import { migrateToLatest } from "./migrations.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import { asStoreError } from "./sqlite-error.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** While it is opened, when nothing else runs yet; after that the dialect waits without standing in the way. */
const OPEN_TIMEOUT_MS = 5_000;

/** FULL: what was answered as done outlives a power cut. */
const PRAGMAS =
  "pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off; pragma busy_timeout = 0;";

/** Opens the database file, which is made when there is none, and brings it to this version. */
export async function openSqliteStore(path: string): Promise<Store> {
  await ensurePrivateFile(path);
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(openDatabase(path)) });
  try {
    await migrateToLatest(db);
    return new KyselyStore(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, {
      timeout: OPEN_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      allowExtension: false,
      defensive: true,
    });
    database.exec(PRAGMAS);
    return database;
  } catch (error) {
    throw asStoreError(error);
  }
}
