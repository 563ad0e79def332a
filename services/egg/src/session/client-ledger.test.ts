import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClientLedger, InputGapError, MAX_REMEMBERED_CLIENTS } from "./client-ledger.ts";

const nobody = () => false;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe("ClientLedger", () => {
  it("expects input from 0 of a client that it does not know, and goes on where a known one stopped", () => {
    const ledger = new ClientLedger();
    expect(ledger.open("a", nobody)).toEqual({ isKnown: false });
    expect(ledger.expected("a")).toBe(0);
    expect(ledger.take("a", 7)).toBe(7);
    expect(ledger.open("a", nobody)).toEqual({ isKnown: true });
    expect(ledger.expected("a")).toBe(7);
  });

  it.each([
    ["new bytes whole", 4, "efgh", "efgh"],
    ["only the new part of bytes that overlap", 2, "cdefgh", "efgh"],
    ["nothing of bytes that were taken", 0, "abcd", ""],
    ["nothing of bytes long before", 1, "b", ""],
    ["nothing of nothing", 4, "", ""],
  ])("takes %s", (_what, seq, sent, fresh) => {
    const ledger = new ClientLedger();
    ledger.open("a", nobody);
    ledger.take("a", 4);
    expect(text(ledger.fresh("a", seq, Buffer.from(sent)))).toBe(fresh);
  });

  it("refuses a gap and names it", () => {
    const ledger = new ClientLedger();
    ledger.open("a", nobody);
    ledger.take("a", 4);
    expect(() => ledger.fresh("a", 5, Buffer.from("f"))).toThrow(InputGapError);
    expect(() => ledger.fresh("a", 9, Buffer.from("f"))).toThrow("starts at byte 9 and 4 was expected");
  });

  it("applies every byte once, however a client cuts and repeats what it sends", () => {
    const sends = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 20 })), { maxLength: 40 });
    fc.assert(
      fc.property(sends, (attempts) => {
        const source = Buffer.from(Array.from({ length: 100 }, (_, index) => index));
        const ledger = new ClientLedger();
        ledger.open("a", nobody);
        let applied = Buffer.alloc(0);
        for (const [back, length] of attempts) {
          const seq = Math.max(0, ledger.expected("a") - back);
          const fresh = ledger.fresh("a", seq, source.subarray(seq, seq + length));
          ledger.take("a", fresh.byteLength);
          applied = Buffer.concat([applied, fresh]);
        }
        expect(applied).toEqual(source.subarray(0, applied.length));
      }),
    );
  });

  it("remembers its limit of clients, and forgets the oldest of those that are not attached", () => {
    const ledger = new ClientLedger();
    for (let index = 0; index < MAX_REMEMBERED_CLIENTS; index++) {
      ledger.open(`c${index}`, nobody);
      ledger.take(`c${index}`, 5);
    }
    expect(ledger.expected("c0")).toBe(5);
    ledger.open("one more", (clientId) => clientId === "c0");
    expect(ledger.expected("c0")).toBe(5);
    expect(ledger.expected("c1")).toBe(0);
    expect(ledger.expected("c2")).toBe(5);
  });

  it("knows who was used last", () => {
    const ledger = new ClientLedger();
    for (const clientId of ["a", "b"]) ledger.open(clientId, nobody);
    expect(ledger.usedAt("a")).toBe(0);
    const first = ledger.use("a");
    expect(ledger.use("b")).toBeGreaterThan(first);
    expect(ledger.use("a")).toBeGreaterThan(ledger.usedAt("b"));
  });
});
