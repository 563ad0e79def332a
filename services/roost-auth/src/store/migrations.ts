import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { StoreUnavailableError } from "./store.ts";
import type { Tables } from "./tables.ts";

const initial: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("users")
      .addColumn("user_id", "text", (column) => column.primaryKey())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("email", "text", (column) => column.unique())
      .addColumn("created_at_ms", "bigint", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("identities")
      .addColumn("provider", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("user_id", "text", (column) => column.notNull().references("users.user_id").onDelete("cascade"))
      .addPrimaryKeyConstraint("identities_key", ["provider", "subject"])
      .execute();
    await db.schema
      .createTable("machines")
      .addColumn("wing_id", "text", (column) => column.primaryKey())
      .addColumn("owner_id", "text", (column) => column.notNull().references("users.user_id").onDelete("cascade"))
      .addColumn("public_key", "text")
      .addColumn("created_at_ms", "bigint", (column) => column.notNull())
      .addColumn("seen_at_ms", "bigint")
      .execute();
    await db.schema.createIndex("machines_by_owner").on("machines").columns(["owner_id", "created_at_ms"]).execute();
    await db.schema
      .createTable("device_credentials")
      .addColumn("credential_hash", "text", (column) => column.primaryKey())
      .addColumn("wing_id", "text", (column) => column.notNull().references("machines.wing_id").onDelete("cascade"))
      .addColumn("created_at_ms", "bigint", (column) => column.notNull())
      .addColumn("revoked_at_ms", "bigint")
      .execute();
    await db.schema.createIndex("device_credentials_by_wing").on("device_credentials").column("wing_id").execute();
  },
};

/** In order of their names; one that was released is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = { "0001-initial": initial };

/** Brings the tables to this version. Throws StoreUnavailableError when that cannot be, and then changes nothing. */
export async function migrateToLatest(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof StoreUnavailableError) throw error;
  const text = "The roost's database could not be brought to this version; was it written by a newer one? Update wt.";
  throw new StoreUnavailableError(text, { cause: error });
}
