import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NotInRingError, ReplayRing } from "./replay-ring.ts";

const bytes = (length: number, from = 0) => Uint8Array.from({ length }, (_, index) => (from + index) % 251);

describe("ReplayRing", () => {
  it("keeps exactly its capacity, at one byte less, as many, and one more", () => {
    for (const [written, start] of [
      [9, 0],
      [10, 0],
      [11, 1],
    ] as const) {
      const ring = new ReplayRing(10);
      ring.append(bytes(written));
      expect([ring.start, ring.end]).toEqual([start, written]);
      expect([...ring.read(start, 100)]).toEqual([...bytes(written - start, start)]);
    }
  });

  it("says how much was missed", () => {
    const ring = new ReplayRing(10);
    ring.append(bytes(25));
    expect(ring.missedSince(0)).toBe(15);
    expect(ring.missedSince(15)).toBe(0);
    expect(ring.missedSince(20)).toBe(0);
  });

  it("refuses what it does not hold: the past and the future", () => {
    const ring = new ReplayRing(10);
    ring.append(bytes(25));
    expect([14, 15, 25, 26].map((seq) => ring.holds(seq))).toEqual([false, true, true, false]);
    expect(() => ring.read(14, 1)).toThrow(NotInRingError);
    expect(() => ring.read(26, 1)).toThrow("the ring holds 15 to 25");
    expect(ring.read(25, 10).byteLength).toBe(0);
  });

  it("keeps the end of a chunk that is larger than itself", () => {
    const ring = new ReplayRing(10);
    ring.append(bytes(3));
    ring.append(bytes(1_000, 3));
    expect([...ring.read(993, 100)]).toEqual([...bytes(10, 993)]);
  });

  it("copies what it takes in and what it gives out", () => {
    const ring = new ReplayRing(10);
    const chunk = bytes(5);
    ring.append(chunk);
    chunk.fill(99);
    const copy = ring.read(0, 5);
    ring.append(bytes(10, 5));
    expect([...copy]).toEqual([...bytes(5)]);
  });

  it("gives back any part of what was appended, in any pieces", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(
        pieces,
        fc.integer({ min: 1, max: 64 }),
        fc.nat(),
        fc.nat({ max: 80 }),
        (chunks, capacity, at, max) => {
          const ring = new ReplayRing(capacity);
          for (const chunk of chunks) ring.append(chunk);
          const all = Buffer.concat(chunks);
          expect(ring.end).toBe(all.length);
          const seq = ring.start + (at % (ring.end - ring.start + 1));
          expect(Buffer.from(ring.read(seq, max))).toEqual(all.subarray(seq, seq + max));
        },
      ),
    );
  });
});
