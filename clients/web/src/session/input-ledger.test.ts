import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputFullError, InputGapError, InputLedger, MAX_INPUT_BYTES, MAX_PENDING_BYTES } from "./input-ledger.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => new TextDecoder().decode(data);

describe("InputLedger", () => {
  it("sends what was typed once, joined, with the seq of its first byte", () => {
    const ledger = new InputLedger();
    ledger.append(bytes("gi"));
    ledger.append(bytes("t"));
    expect(ledger.nextChunk()).toEqual({ seq: 0n, data: bytes("git") });
    expect(ledger.nextChunk()).toBeUndefined();
    ledger.append(bytes(" log"));
    expect(ledger.nextChunk()).toEqual({ seq: 3n, data: bytes(" log") });
  });

  it("sends again, after a break, exactly what was not accepted", () => {
    const ledger = new InputLedger();
    ledger.append(bytes("echo "));
    ledger.nextChunk();
    ledger.accepted(3n);
    ledger.append(bytes("hi"));
    ledger.resume(4n);
    expect(ledger.nextChunk()).toEqual({ seq: 4n, data: bytes(" hi") });
    ledger.accepted(7n);
    expect(ledger.pendingBytes).toBe(0);
  });

  it("ignores an acceptance that it has already seen", () => {
    const ledger = new InputLedger();
    ledger.append(bytes("abc"));
    ledger.accepted(2n);
    ledger.accepted(1n);
    expect(text(ledger.nextChunk()?.data)).toBe("c");
  });

  it("refuses an egg that expects bytes that are gone, and starts anew under another client id", () => {
    const ledger = new InputLedger();
    ledger.append(bytes("abcd"));
    ledger.nextChunk();
    ledger.accepted(2n);
    expect(() => ledger.resume(1n)).toThrow(InputGapError);
    expect(() => ledger.resume(5n)).toThrow(InputGapError);
    ledger.restart();
    expect(ledger.nextChunk()).toEqual({ seq: 0n, data: bytes("cd") });
  });

  it.each([
    [MAX_INPUT_BYTES - 1, [MAX_INPUT_BYTES - 1]],
    [MAX_INPUT_BYTES, [MAX_INPUT_BYTES]],
    [MAX_INPUT_BYTES + 1, [MAX_INPUT_BYTES, 1]],
  ])("splits a paste of %i bytes into messages of %j", (size, expected) => {
    const ledger = new InputLedger();
    ledger.append(new Uint8Array(size));
    const sizes: number[] = [];
    for (let chunk = ledger.nextChunk(); chunk !== undefined; chunk = ledger.nextChunk())
      sizes.push(chunk.data.byteLength);
    expect(sizes).toEqual(expected);
  });

  it("holds no more than its limit, and takes nothing of what does not fit", () => {
    const ledger = new InputLedger();
    ledger.append(new Uint8Array(MAX_PENDING_BYTES - 1));
    expect(() => ledger.append(new Uint8Array(2))).toThrow(InputFullError);
    ledger.append(new Uint8Array(1));
    expect(ledger.pendingBytes).toBe(MAX_PENDING_BYTES);
    expect(() => ledger.append(new Uint8Array(1))).toThrow(InputFullError);
  });

  it("gives an egg that counts every byte exactly once, in order, whatever is lost and repeated", () => {
    const step = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((data) => ({ kind: "type" as const, data })),
      fc.constant({ kind: "send" as const }),
      fc.constant({ kind: "accept" as const }),
      fc.constant({ kind: "break" as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = new InputLedger();
        const typed: number[] = [];
        const egg: number[] = [];
        const deliver = () => {
          const chunk = ledger.nextChunk();
          if (chunk === undefined) return;
          expect(Number(chunk.seq)).toBeLessThanOrEqual(egg.length);
          egg.push(...chunk.data.subarray(egg.length - Number(chunk.seq)));
        };
        for (const { kind, ...rest } of steps) {
          if (kind === "type" && "data" in rest) {
            ledger.append(rest.data);
            typed.push(...rest.data);
          }
          if (kind === "send") deliver();
          if (kind === "accept") ledger.accepted(BigInt(egg.length));
          if (kind === "break") ledger.resume(BigInt(egg.length));
        }
        while (ledger.hasUnsent) deliver();
        expect(egg).toEqual(typed);
      }),
    );
  });
});
