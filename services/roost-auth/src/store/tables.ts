/** `users`. Columns are text and bigint only, so that SQLite and PostgreSQL have the same ones. */
export interface UsersTable {
  user_id: string;
  display_name: string;
  email: string | null;
  created_at_ms: number;
}

/** `identities`. */
interface IdentitiesTable {
  provider: string;
  subject: string;
  user_id: string;
}

/** `machines`. */
export interface MachinesTable {
  wing_id: string;
  owner_id: string;
  /** Base64url of 32 bytes. */
  public_key: string | null;
  created_at_ms: number;
  seen_at_ms: number | null;
}

/** `device_credentials`: only what a credential's SHA-256 is, never the credential. */
interface DeviceCredentialsTable {
  /** Base64url of 32 bytes. */
  credential_hash: string;
  wing_id: string;
  created_at_ms: number;
  revoked_at_ms: number | null;
}

/** All tables. */
export interface Tables {
  users: UsersTable;
  identities: IdentitiesTable;
  machines: MachinesTable;
  device_credentials: DeviceCredentialsTable;
}
