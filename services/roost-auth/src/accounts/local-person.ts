import { newUserId, type RandomSource } from "@wingthing/contracts/ids";
import type { Clock } from "@wingthing/service-runtime/clock";
import { type Identity, type Store, type UserRecord, UserTakenError } from "../store/store.ts";

/** Local mode has one person, whom the same-user check of the listener stands for. */
const LOCAL_IDENTITY: Identity = { provider: "local", subject: "local" };

/** What `ensureLocalPerson` needs. */
export interface LocalPersonOptions {
  readonly store: Store;
  /** Name for people; used when the person is made. */
  readonly displayName: string;
  readonly clock: Pick<Clock, "now">;
  readonly random: RandomSource;
}

/** The one person of local mode, made on the first start and the same ever after. */
export async function ensureLocalPerson(options: LocalPersonOptions): Promise<UserRecord> {
  const { store, displayName, clock, random } = options;
  const known = await store.findUserByIdentity(LOCAL_IDENTITY);
  if (known) return known;
  const person: UserRecord = { userId: newUserId(random), displayName, email: undefined, createdAt: clock.now() };
  try {
    await store.addUser(person, LOCAL_IDENTITY);
    return person;
  } catch (error) {
    // Another process that started at the same time was first.
    const winner = error instanceof UserTakenError ? await store.findUserByIdentity(LOCAL_IDENTITY) : undefined;
    if (winner) return winner;
    throw error;
  }
}
