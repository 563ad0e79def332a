import { describe, expect, it } from "vitest";
import { OutputCursor, OutputGapError } from "./output-cursor.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("OutputCursor", () => {
  it("passes output that follows, and counts it", () => {
    const cursor = new OutputCursor();
    expect(cursor.accept(0n, bytes("abc"))).toEqual(bytes("abc"));
    expect(cursor.accept(3n, bytes("de"))).toEqual(bytes("de"));
    expect(cursor.seq).toBe(5n);
  });

  it.each([
    [2n, "cdef", "ef", 6n],
    [1n, "bcd", "", 4n],
    [0n, "ab", "", 4n],
    [4n, "", "", 4n],
    [4n, "e", "e", 5n],
  ])("cuts from output at %i, %j, what was drawn before and keeps %j", (seq, data, kept, after) => {
    const cursor = new OutputCursor();
    cursor.jumpTo(4n);
    expect(cursor.accept(seq, bytes(data))).toEqual(bytes(kept));
    expect(cursor.seq).toBe(after);
  });

  it("refuses output with a hole before it", () => {
    const cursor = new OutputCursor();
    cursor.jumpTo(4n);
    expect(() => cursor.accept(5n, bytes("f"))).toThrow(OutputGapError);
    expect(cursor.seq).toBe(4n);
  });
});
