import { newUserId, newWingId, type UserId } from "@wingthing/contracts/ids";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_MACHINES_PER_PERSON, type Store, TooManyMachinesError, UserTakenError, WingTakenError } from "../store.ts";

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
/** Far beyond 32 bits, as times in milliseconds are. */
const NOW = Date.UTC(2026, 0, 1);

/** What every Store does, whatever database is behind it; `open` gives an empty one each time. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`a store on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store[Symbol.asyncDispose]());

    async function addPerson(subject: string, email?: string): Promise<UserId> {
      const user = { userId: newUserId(random), displayName: subject, email, createdAt: NOW };
      await store.addUser(user, { provider: "test", subject });
      return user.userId;
    }

    async function addWing(ownerId: UserId, createdAt = NOW) {
      const wingId = newWingId(random);
      await store.addMachine({ wingId, ownerId, createdAt });
      return wingId;
    }

    describe("people", () => {
      test("are found by id and by identity, as they were added", async () => {
        const user = { userId: newUserId(random), displayName: "Zoë ‹👩‍💻›", email: "z@example.org", createdAt: NOW };
        await store.addUser(user, { provider: "test", subject: "z" });
        expect(await store.findUser(user.userId)).toEqual(user);
        expect(await store.findUserByIdentity({ provider: "test", subject: "z" })).toEqual(user);
      });

      test("may be many without an address", async () => {
        await addPerson("a");
        await addPerson("b");
      });

      test("who are unknown are not found", async () => {
        await addPerson("a");
        expect(await store.findUser(newUserId(random))).toBeUndefined();
        expect(await store.findUserByIdentity({ provider: "other", subject: "a" })).toBeUndefined();
      });

      test("an identity is one person's, and the second person is not half added", async () => {
        await addPerson("a");
        const second = { userId: newUserId(random), displayName: "b", email: undefined, createdAt: NOW };
        await expect(store.addUser(second, { provider: "test", subject: "a" })).rejects.toThrow(UserTakenError);
        expect(await store.findUser(second.userId)).toBeUndefined();
      });

      test("an address is one person's", async () => {
        await addPerson("a", "ada@example.org");
        await expect(addPerson("b", "ada@example.org")).rejects.toThrow(UserTakenError);
      });

      test("added twenty times at once with one identity are one person", async () => {
        const adding = Array.from({ length: 20 }, () => addPerson("same"));
        const results = await Promise.allSettled(adding);
        expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      });
    });

    describe("machines", () => {
      test("are listed oldest first, and only to their owner", async () => {
        const [ada, bob] = [await addPerson("ada"), await addPerson("bob")];
        const newer = await addWing(ada, NOW + 1);
        const older = await addWing(ada, NOW);
        await addWing(bob, NOW);
        expect((await store.listMachines(ada)).map(({ wingId }) => wingId)).toEqual([older, newer]);
      });

      test("have no key and were not seen, until they were", async () => {
        const ownerId = await addPerson("ada");
        const wingId = await addWing(ownerId);
        const added = { wingId, ownerId, publicKey: undefined, createdAt: NOW, seenAt: undefined };
        expect(await store.findMachine(wingId)).toEqual(added);
        const publicKey = crypto.getRandomValues(new Uint8Array(32));
        await store.recordMachineSeen({ wingId, publicKey, seenAt: NOW + 5 });
        expect(await store.findMachine(wingId)).toEqual({ ...added, publicKey, seenAt: NOW + 5 });
      });

      test("are one person's", async () => {
        const wingId = await addWing(await addPerson("ada"));
        const bob = await addPerson("bob");
        await expect(store.addMachine({ wingId, ownerId: bob, createdAt: NOW })).rejects.toThrow(WingTakenError);
      });

      test("need an owner that exists", async () => {
        const orphan = { wingId: newWingId(random), ownerId: newUserId(random), createdAt: NOW };
        await expect(store.addMachine(orphan)).rejects.toThrow();
        expect(await store.findMachine(orphan.wingId)).toBeUndefined();
      });

      test(`are at most ${MAX_MACHINES_PER_PERSON} a person`, async () => {
        const ada = await addPerson("ada");
        for (let i = 0; i < MAX_MACHINES_PER_PERSON; i += 1) await addWing(ada, NOW + i);
        await expect(addWing(ada)).rejects.toThrow(TooManyMachinesError);
        expect(await store.listMachines(ada)).toHaveLength(MAX_MACHINES_PER_PERSON);
        await addWing(await addPerson("bob"));
      });
    });

    describe("credentials", () => {
      test("lead to their machine by their hash", async () => {
        const wingId = await addWing(await addPerson("ada"));
        await store.replaceCredential({ hash: "h1", wingId, createdAt: NOW });
        expect(await store.findMachineByCredential("h1")).toMatchObject({ wingId });
        expect(await store.findMachineByCredential("h2")).toBeUndefined();
      });

      test("a new one revokes the one before, of this wing alone", async () => {
        const ada = await addPerson("ada");
        const [wingId, other] = [await addWing(ada), await addWing(ada)];
        await store.replaceCredential({ hash: "h1", wingId, createdAt: NOW });
        await store.replaceCredential({ hash: "o1", wingId: other, createdAt: NOW });
        await store.replaceCredential({ hash: "h2", wingId, createdAt: NOW + 1 });
        expect(await store.findMachineByCredential("h1")).toBeUndefined();
        expect(await store.findMachineByCredential("h2")).toMatchObject({ wingId });
        expect(await store.findMachineByCredential("o1")).toMatchObject({ wingId: other });
      });

      test("a hash that is in use cannot be given again, and then nothing is revoked", async () => {
        const ada = await addPerson("ada");
        const [wingId, other] = [await addWing(ada), await addWing(ada)];
        await store.replaceCredential({ hash: "h1", wingId, createdAt: NOW });
        await store.replaceCredential({ hash: "o1", wingId: other, createdAt: NOW });
        await expect(store.replaceCredential({ hash: "h1", wingId: other, createdAt: NOW })).rejects.toThrow();
        expect(await store.findMachineByCredential("o1")).toMatchObject({ wingId: other });
      });

      test("of a wing that is not registered are refused", async () => {
        const credential = { hash: "h1", wingId: newWingId(random), createdAt: NOW };
        await expect(store.replaceCredential(credential)).rejects.toThrow();
      });
    });

    test("text that looks like SQL is text", async () => {
      const subject = `'; drop table users; --`;
      const userId = await addPerson(subject);
      expect(await store.findUserByIdentity({ provider: "test", subject })).toMatchObject({ userId });
    });

    test("a check passes", async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });
  });
}
