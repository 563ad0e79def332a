import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenIssuer } from "@wingthing/access-token/issue";
import { keysFromJwks } from "@wingthing/access-token/published-keys";
import { createVerifier } from "@wingthing/access-token/verify";
import { newUserId, newWingId, type RandomSource } from "@wingthing/contracts/ids";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadRoostKeys, type RoostKeys } from "../keys/roost-keys.ts";
import { MachineRegistry } from "../machines/machine-registry.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { type Store, type UserRecord, WingTakenError } from "../store/store.ts";
import { NoSuchWingError, TicketOffice } from "./ticket-office.ts";

const random: RandomSource = (bytes) => crypto.getRandomValues(bytes);
const channelBinding = new Uint8Array(32).fill(1);
const clock = new ManualClock();

let folder: string;
let store: Store;
let keys: RoostKeys;
let office: TicketOffice;
let registry: MachineRegistry;
let ada: UserRecord;
let bob: UserRecord;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "wt-tickets-"));
  store = await openSqliteStore(join(folder, "roost.db"));
  keys = await loadRoostKeys({ dataDir: folder, log: silentLog });
  office = new TicketOffice({ store, clock, issuer: createTokenIssuer({ key: keys.signing, now: () => clock.now() }) });
  registry = new MachineRegistry({ store, clock, random, log: silentLog });
  ada = await addPerson("ada");
  bob = await addPerson("bob");
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function addPerson(name: string): Promise<UserRecord> {
  const person = { userId: newUserId(random), displayName: name, email: `${name}@example.org`, createdAt: 1 };
  await store.addUser(person, { provider: "test", subject: name });
  return person;
}

test("a person gets a ticket for their own wing, with their address on it", async () => {
  const wingId = newWingId(random);
  await registry.enroll(wingId, ada.userId);
  const { token } = await office.channelTicket(ada, { wingId, channelBinding });
  const verifier = createVerifier(keysFromJwks(keys.published), { now: () => clock.now() });
  const claims = await verifier.verifyChannelTicket(token, { wingId, channelBinding });
  expect(claims).toMatchObject({ sub: ada.userId, name: "ada", email: "ada@example.org", role: "owner" });
});

test("another person's wing and no wing at all are refused in the same words", async () => {
  const wingId = newWingId(random);
  const messageFor = async () => {
    const refused = office.channelTicket(bob, { wingId, channelBinding });
    await expect(refused).rejects.toThrow(NoSuchWingError);
    return refused.catch((error: Error) => error.message);
  };
  const without = await messageFor();
  await registry.enroll(wingId, ada.userId);
  expect(await messageFor()).toBe(without);
});

test("the relay tokens of two people share no group", async () => {
  const verifier = createVerifier(keysFromJwks(keys.published), { now: () => clock.now() });
  const groupsOf = async (person: UserRecord) =>
    (await verifier.verifyRelayToken((await office.relayToken(person)).token)).groups;
  const [ofAda, ofBob] = [await groupsOf(ada), await groupsOf(bob)];
  expect(ofAda.filter((group) => ofBob.includes(group))).toEqual([]);
});

test("a wing that is one person's cannot be enrolled by another, and its credential still holds", async () => {
  const wingId = newWingId(random);
  const credential = await registry.enroll(wingId, ada.userId);
  await expect(registry.enroll(wingId, bob.userId)).rejects.toThrow(WingTakenError);
  expect(await registry.authenticate(credential)).toMatchObject({ wingId, ownerId: ada.userId });
});
