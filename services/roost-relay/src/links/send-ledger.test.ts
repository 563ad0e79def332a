import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SendLedger } from "./send-ledger.ts";

describe("SendLedger", () => {
  test("what left is always the oldest", () => {
    const ledger = new SendLedger();
    ledger.record(1, 100);
    ledger.record(2, 50);
    ledger.record(1, 10);
    ledger.settle(60);
    expect([ledger.bytesOf(1), ledger.bytesOf(2)]).toEqual([10, 50]);
    ledger.settle(30);
    expect([ledger.bytesOf(1), ledger.bytesOf(2)]).toEqual([10, 20]);
    ledger.settle(0);
    expect([ledger.bytesOf(1), ledger.bytesOf(2)]).toEqual([0, 0]);
  });

  test("bytes that nobody recorded, a ping for instance, leave it as it is", () => {
    const ledger = new SendLedger();
    ledger.record(1, 10);
    ledger.settle(12);
    expect(ledger.bytesOf(1)).toBe(10);
  });

  test("agrees with a queue of single bytes", () => {
    const step = fc.record({
      channel: fc.integer({ min: 1, max: 3 }),
      bytes: fc.integer({ min: 1, max: 9 }),
      left: fc.nat(12),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = new SendLedger();
        const queue: number[] = [];
        for (const { channel, bytes, left } of steps) {
          ledger.record(channel, bytes);
          queue.push(...new Array<number>(bytes).fill(channel));
          queue.splice(0, left);
          ledger.settle(queue.length);
          for (const id of [1, 2, 3]) expect(ledger.bytesOf(id)).toBe(queue.filter((each) => each === id).length);
        }
      }),
    );
  });
});
