import { parseSessionId, parseWingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../storage/record-store.ts";
import { MAX_REMEMBERED, parseSessionWings, SessionMemory, type SessionWing } from "./session-memory.ts";

const wing = parseWingId(`w${"a".repeat(20)}`);
const letters = "abcdefghijklmnopqrstuvwxyz234567";
const session = (number: number) => parseSessionId(`s${"a".repeat(14)}${letters[number >> 5]}${letters[number & 31]}`);

describe("SessionMemory", () => {
  it("remembers across page loads", async () => {
    const store = createMemoryStore<readonly SessionWing[]>();
    await (await SessionMemory.load(store)).remember(session(1), wing);
    expect((await SessionMemory.load(store)).wingOf(session(1))).toBe(wing);
  });

  it.each([
    [MAX_REMEMBERED - 1, true],
    [MAX_REMEMBERED, true],
    [MAX_REMEMBERED + 1, false],
  ])("after %i sessions still knows the first: %s", async (count, known) => {
    const memory = await SessionMemory.load(createMemoryStore());
    for (let number = 0; number < count; number++) await memory.remember(session(number), wing);
    expect(memory.wingOf(session(0)) !== undefined).toBe(known);
    expect(memory.wingOf(session(count - 1))).toBe(wing);
  });

  it.each([[undefined], [null], ["x"], [[["sbad", wing]]], [[[session(1)]]], [[1]]])(
    "takes %j for nothing",
    (stored) => {
      expect(parseSessionWings(stored)).toBeUndefined();
    },
  );
});
