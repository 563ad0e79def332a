import { parseUserId, parseWingId, type UserId, type WingId } from "@wingthing/contracts/ids";
import { type Kysely, type Selectable, sql } from "kysely";
import {
  type Identity,
  MAX_MACHINES_PER_PERSON,
  type MachineRecord,
  type Store,
  TooManyMachinesError,
  type UserRecord,
  UserTakenError,
  WingTakenError,
} from "./store.ts";
import type { MachinesTable, Tables, UsersTable } from "./tables.ts";

/** The store on any database that kysely speaks to; only portable SQL. */
export class KyselyStore implements Store {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async findUser(userId: UserId): Promise<UserRecord | undefined> {
    const row = await this.#db.selectFrom("users").selectAll().where("user_id", "=", userId).executeTakeFirst();
    return row && parseUser(row);
  }

  async findUserByIdentity({ provider, subject }: Identity): Promise<UserRecord | undefined> {
    const row = await this.#db
      .selectFrom("users")
      .innerJoin("identities", "identities.user_id", "users.user_id")
      .selectAll("users")
      .where("provider", "=", provider)
      .where("subject", "=", subject)
      .executeTakeFirst();
    return row && parseUser(row);
  }

  async addUser(user: UserRecord, identity: Identity): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const userRow = {
        user_id: user.userId,
        display_name: user.displayName,
        email: user.email ?? null,
        created_at_ms: user.createdAt,
      };
      const addedUser = await db
        .insertInto("users")
        .values(userRow)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (addedUser.numInsertedOrUpdatedRows === 0n) throw new UserTakenError("The user id or address is in use.");
      const addedIdentity = await db
        .insertInto("identities")
        .values({ ...identity, user_id: user.userId })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (addedIdentity.numInsertedOrUpdatedRows === 0n) throw new UserTakenError("The identity is in use.");
    });
  }

  async findMachine(wingId: WingId): Promise<MachineRecord | undefined> {
    const row = await this.#db.selectFrom("machines").selectAll().where("wing_id", "=", wingId).executeTakeFirst();
    return row && parseMachine(row);
  }

  async listMachines(ownerId: UserId): Promise<readonly MachineRecord[]> {
    const rows = await this.#db
      .selectFrom("machines")
      .selectAll()
      .where("owner_id", "=", ownerId)
      .orderBy("created_at_ms")
      .orderBy("wing_id")
      .limit(MAX_MACHINES_PER_PERSON)
      .execute();
    return rows.map(parseMachine);
  }

  async addMachine({ wingId, ownerId, createdAt }: Parameters<Store["addMachine"]>[0]): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const { count } = await db
        .selectFrom("machines")
        .select(({ fn }) => fn.countAll<number | string | bigint>().as("count"))
        .where("owner_id", "=", ownerId)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MAX_MACHINES_PER_PERSON) throw new TooManyMachinesError();
      const added = await db
        .insertInto("machines")
        .values({ wing_id: wingId, owner_id: ownerId, created_at_ms: createdAt })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows === 0n) throw new WingTakenError(wingId);
    });
  }

  async recordMachineSeen({ wingId, publicKey, seenAt }: Parameters<Store["recordMachineSeen"]>[0]): Promise<void> {
    await this.#db
      .updateTable("machines")
      .set({ public_key: Buffer.from(publicKey).toString("base64url"), seen_at_ms: seenAt })
      .where("wing_id", "=", wingId)
      .execute();
  }

  async replaceCredential({ hash, wingId, createdAt }: Parameters<Store["replaceCredential"]>[0]): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db
        .updateTable("device_credentials")
        .set({ revoked_at_ms: createdAt })
        .where("wing_id", "=", wingId)
        .where("revoked_at_ms", "is", null)
        .execute();
      await db
        .insertInto("device_credentials")
        .values({ credential_hash: hash, wing_id: wingId, created_at_ms: createdAt })
        .execute();
    });
  }

  async findMachineByCredential(hash: string): Promise<MachineRecord | undefined> {
    const row = await this.#db
      .selectFrom("machines")
      .innerJoin("device_credentials", "device_credentials.wing_id", "machines.wing_id")
      .selectAll("machines")
      .where("credential_hash", "=", hash)
      .where("revoked_at_ms", "is", null)
      .executeTakeFirst();
    return row && parseMachine(row);
  }

  async check(): Promise<void> {
    await sql`select 1 from users limit 1`.execute(this.#db);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.destroy();
  }
}

/** PostgreSQL gives a bigint as text, SQLite as a number. */
const milliseconds = (value: number | string): number => Number(value);

function parseUser(row: Selectable<UsersTable>): UserRecord {
  return {
    userId: parseUserId(row.user_id),
    displayName: row.display_name,
    email: row.email ?? undefined,
    createdAt: milliseconds(row.created_at_ms),
  };
}

function parseMachine(row: Selectable<MachinesTable>): MachineRecord {
  return {
    wingId: parseWingId(row.wing_id),
    ownerId: parseUserId(row.owner_id),
    publicKey: row.public_key === null ? undefined : Uint8Array.from(Buffer.from(row.public_key, "base64url")),
    createdAt: milliseconds(row.created_at_ms),
    seenAt: row.seen_at_ms === null ? undefined : milliseconds(row.seen_at_ms),
  };
}
