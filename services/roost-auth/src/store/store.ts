import type { UserId, WingId } from "@wingthing/contracts/ids";

/** A person. Times are milliseconds since 1970, here and below. */
export interface UserRecord {
  readonly userId: UserId;
  readonly displayName: string;
  /** Lower case; undefined in local mode. */
  readonly email: string | undefined;
  readonly createdAt: number;
}

/** How a person signs in. One person may have several, one identity is one person's. */
export interface Identity {
  /** "local", later "google" and others. */
  readonly provider: string;
  /** What the provider calls the person. */
  readonly subject: string;
}

/** A wing and whose it is. */
export interface MachineRecord {
  readonly wingId: WingId;
  readonly ownerId: UserId;
  /** As the wing stated it last; undefined until it did. */
  readonly publicKey: Uint8Array | undefined;
  readonly createdAt: number;
  /** Last token issued; undefined until then. */
  readonly seenAt: number | undefined;
}

/** Machines of one person: lists stay one page, and nobody fills the store. */
export const MAX_MACHINES_PER_PERSON = 100;

/** The user id, the address or the identity is in use. */
export class UserTakenError extends Error {
  override readonly name = "UserTakenError";
}

/** The wing is registered already. */
export class WingTakenError extends Error {
  override readonly name = "WingTakenError";
  constructor(wingId: WingId) {
    super(`Wing ${wingId} is registered already. Remove it where it is, or make a new wing id.`);
  }
}

/** The person has as many machines as one may have. */
export class TooManyMachinesError extends Error {
  override readonly name = "TooManyMachinesError";
  constructor() {
    super(`A person has at most ${MAX_MACHINES_PER_PERSON} machines. Remove one that is not used any more.`);
  }
}

/** The database cannot do its work now. The message is for whoever runs the roost and names no file of theirs. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** What roost-auth remembers. Every method is one transaction: done whole or not at all. */
export interface Store extends AsyncDisposable {
  findUser(userId: UserId): Promise<UserRecord | undefined>;
  findUserByIdentity(identity: Identity): Promise<UserRecord | undefined>;
  /** Throws UserTakenError. */
  addUser(user: UserRecord, identity: Identity): Promise<void>;

  findMachine(wingId: WingId): Promise<MachineRecord | undefined>;
  /** Oldest first. */
  listMachines(ownerId: UserId): Promise<readonly MachineRecord[]>;
  /** Throws WingTakenError, TooManyMachinesError. */
  addMachine(machine: Pick<MachineRecord, "wingId" | "ownerId" | "createdAt">): Promise<void>;
  recordMachineSeen(seen: { wingId: WingId; publicKey: Uint8Array; seenAt: number }): Promise<void>;

  /** Makes this credential, given as its hash, the only one of the wing. */
  replaceCredential(credential: { hash: string; wingId: WingId; createdAt: number }): Promise<void>;
  /** The machine whose credential has this hash and was not revoked. */
  findMachineByCredential(hash: string): Promise<MachineRecord | undefined>;

  /** Rejects with StoreUnavailableError when nothing can be read. */
  check(): Promise<void>;
}
