import { parseWingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import { DamagedPinError, decideKey, type KeyPin, parsePin } from "./key-pin.ts";

const key = (fill: number, length = 32) => new Uint8Array(length).fill(fill);
const pin: KeyPin = { wingId: parseWingId(`w${"a".repeat(20)}`), publicKey: key(1), pinnedSince: 0, label: "studio" };

describe("decideKey()", () => {
  it.each([
    ["nothing pinned, nothing stated", undefined, undefined, "unknown"],
    ["nothing pinned, a stated key", undefined, key(1), "first-use"],
    ["nothing pinned, a stated key of wrong length", undefined, key(1, 31), "unknown"],
    ["a pin, nothing stated", pin, undefined, "pinned"],
    ["a pin, the same key stated", pin, key(1), "pinned"],
    ["a pin, another key stated", pin, key(2), "changed"],
    ["a pin, an impossible key stated", pin, key(2, 33), "pinned"],
  ])("with %s: %s", (_case, stored, stated, kind) => {
    expect(decideKey(stored, stated).kind).toBe(kind);
  });
});

describe("parsePin()", () => {
  it("takes a missing record for no pin, and never a damaged one", () => {
    expect(parsePin(undefined)).toBeUndefined();
    expect(parsePin(pin)).toEqual(pin);
    for (const damaged of [{}, { ...pin, publicKey: key(1, 31) }, { ...pin, publicKey: "AQEB" }]) {
      expect(() => parsePin(damaged)).toThrow(DamagedPinError);
    }
    expect(() => parsePin(null)).toThrow();
  });
});
