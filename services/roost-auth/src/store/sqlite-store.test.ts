import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { newUserId, newWingId, type RandomSource } from "@wingthing/contracts/ids";
import { Kysely } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { KyselyStore } from "./kysely-store.ts";
import { migrateToLatest } from "./migrations.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { StoreUnavailableError } from "./store.ts";
import type { Tables } from "./tables.ts";
import { describeStore } from "./testing/store-compliance.ts";

const folder = mkdtempSync(join(tmpdir(), "wt-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, `roost-${randomUUID()}.db`);
const random: RandomSource = (bytes) => crypto.getRandomValues(bytes);
const person = (email?: string) => ({ userId: newUserId(random), displayName: "Ada", email, createdAt: 1 });

describeStore("a SQLite file", () => openSqliteStore(newPath()));

describe("a SQLite file", () => {
  test("and its journal are for their owner only", async () => {
    const path = newPath();
    writeFileSync(path, "");
    chmodSync(path, 0o666);
    await using store = await openSqliteStore(path);
    await store.addUser(person(), { provider: "test", subject: "a" });
    const modes = readdirSync(folder)
      .filter((name) => join(folder, name).startsWith(path))
      .map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes.length).toBeGreaterThan(1);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  test("keeps what was stored when it is opened again", async () => {
    const path = newPath();
    const ada = person();
    {
      await using store = await openSqliteStore(path);
      await store.addUser(ada, { provider: "test", subject: "a" });
    }
    await using store = await openSqliteStore(path);
    expect(await store.findUser(ada.userId)).toEqual(ada);
  });

  test("is written through to the disk, with a journal that readers do not wait for, and keys that hold", async () => {
    const path = newPath();
    await using _store = await openSqliteStore(path);
    // The journal's kind lies in the file; the others are the connection's, and seen in the compliance suite.
    const database = new DatabaseSync(path);
    expect(database.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    database.close();
  });

  test("may be opened by two at once, on the first start too", async () => {
    const path = newPath();
    await using first = await openSqliteStore(path);
    await using second = await openSqliteStore(path);
    const results = await Promise.allSettled(
      [first, second, first, second].map((store) => store.addUser(person(), { provider: "test", subject: "same" })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("that two write after reading loses neither's word", async () => {
    const path = newPath();
    await using first = await openSqliteStore(path);
    await using second = await openSqliteStore(path);
    const ada = person();
    await first.addUser(ada, { provider: "test", subject: "ada" });
    const adding = [first, second, first, second].map((store, i) =>
      store.addMachine({ wingId: newWingId(random), ownerId: ada.userId, createdAt: i }),
    );
    await Promise.all(adding);
    expect(await first.listMachines(ada.userId)).toHaveLength(4);
  });

  test("may be opened for the first time by four processes at once", async () => {
    const path = newPath();
    const program = fileURLToPath(new URL("./testing/add-same-person.ts", import.meta.url));
    const run = promisify(execFile);
    const runs = await Promise.all(
      [1, 2, 3, 4].map(() => run(process.execPath, [program, path], { encoding: "utf8" })),
    );
    expect(runs.map(({ stdout }) => stdout.trim()).sort()).toEqual(["added", "taken", "taken", "taken"]);
  });

  test("that another holds is waited for, without standing in the way of this process", async () => {
    const path = newPath();
    await using store = await openSqliteStore(path);
    const other = new DatabaseSync(path);
    other.exec("begin immediate");
    const adding = store.addUser(person(), { provider: "test", subject: "a" });
    await setImmediate();
    other.exec("commit");
    other.close();
    await adding;
  });

  test("that another holds for too long is said to be held", async () => {
    const path = newPath();
    await (await openSqliteStore(path))[Symbol.asyncDispose]();
    const [other, database] = [new DatabaseSync(path), new DatabaseSync(path)];
    await using store = new KyselyStore(new Kysely({ dialect: nodeSqliteDialect(database, { busyWaitMs: 40 }) }));
    other.exec("begin immediate");
    const adding = store.addUser(person(), { provider: "test", subject: "a" });
    await expect(adding).rejects.toThrow(/held by another program/);
    other.close();
    await store.addUser(person(), { provider: "test", subject: "a" });
  });

  test("of a newer version is refused, and left as it is", async () => {
    const path = newPath();
    await (await openSqliteStore(path))[Symbol.asyncDispose]();
    const database = new DatabaseSync(path);
    database.exec("insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01')");
    database.close();
    await expect(openSqliteStore(path)).rejects.toThrow(/written by a newer one\? Update wt/);
  });

  test("that is no database is refused with what to do", async () => {
    const path = newPath();
    writeFileSync(
      path,
      "this is not a database, but it is long enough to be read as the header of one, is it not? ".repeat(3),
    );
    await expect(openSqliteStore(path)).rejects.toThrow(StoreUnavailableError);
    await expect(openSqliteStore(path)).rejects.toThrow(/not a database/);
  });

  test("in a folder that does not exist is refused", async () => {
    await expect(openSqliteStore(join(folder, "nowhere", "roost.db"))).rejects.toThrow("ENOENT");
  });

  test("that has no room left says so, keeps what it had, and goes on when there is room again", async () => {
    const database = new DatabaseSync(newPath());
    const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(database) });
    await migrateToLatest(db);
    await using store = new KyselyStore(db);
    const ada = person();
    await store.addUser(ada, { provider: "test", subject: "ada" });
    const pages = database.prepare("pragma page_count").get()?.["page_count"];
    database.exec(`pragma max_page_count = ${pages}`);
    const filling = async () => {
      for (let i = 0; ; i += 1) {
        const big = { ...person(), displayName: "x".repeat(10_000) };
        await store.addUser(big, { provider: "test", subject: `big-${i}` });
      }
    };
    await expect(filling()).rejects.toThrow(StoreUnavailableError);
    await expect(filling()).rejects.toThrow(/disk .* is full/);
    expect(await store.findUser(ada.userId)).toEqual(ada);
    database.exec("pragma max_page_count = 1000000");
    await store.addUser(person(), { provider: "test", subject: "later" });
  });

  test("whose transaction fails leaves none open", async () => {
    const database = new DatabaseSync(newPath());
    const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(database) });
    await migrateToLatest(db);
    await using store = new KyselyStore(db);
    await store.addUser(person(), { provider: "test", subject: "a" });
    await expect(store.addUser(person(), { provider: "test", subject: "a" })).rejects.toThrow();
    expect(database.isTransaction).toBe(false);
  });
});
