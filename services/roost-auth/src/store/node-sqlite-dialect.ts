import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { asStoreError, isBusy } from "./sqlite-error.ts";

/** Another process, a backup for instance, may hold the database for so long. */
const BUSY_WAIT_MS = 5_000;
/** How often it is tried again; SQLite's own waiting would stop everything else in this process. */
const BUSY_RETRY_MS = 20;

/** Kysely on one `node:sqlite` database; kysely itself lets one caller at a time have the connection. */
export function nodeSqliteDialect(database: DatabaseSync, { busyWaitMs = BUSY_WAIT_MS } = {}): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(database, busyWaitMs),
    createAdapter: () => new NodeSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** SQLite rolls a half-done migration back, tables too. */
class NodeSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: NodeSqliteConnection;

  constructor(database: DatabaseSync, busyWaitMs: number) {
    this.#database = database;
    this.#connection = new NodeSqliteConnection(database, busyWaitMs);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  /** Immediate: a transaction that reads first and then writes would else fail when another process wrote between. */
  async beginTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(): Promise<void> {
    // A full disk makes SQLite roll back by itself; a second time would be an error that hides the first.
    if (this.#database.isTransaction) await this.#connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #busyWaitMs: number;

  constructor(database: DatabaseSync, busyWaitMs: number) {
    this.#database = database;
    this.#busyWaitMs = busyWaitMs;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (let waitedMs = 0; ; waitedMs += BUSY_RETRY_MS) {
      try {
        return this.#execute<R>(query);
      } catch (error) {
        if (!isBusy(error) || waitedMs >= this.#busyWaitMs) throw asStoreError(error);
      }
      await setTimeout(BUSY_RETRY_MS);
    }
  }

  #execute<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = this.#database.prepare(sql);
    const values = parameters as SQLInputValue[];
    if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator, and nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Rows are not streamed from SQLite here.");
  }
}
