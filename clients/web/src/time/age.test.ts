import { describe, expect, it } from "vitest";
import { agoWords, spanWords } from "./age.ts";

describe("spanWords() and agoWords()", () => {
  it.each([
    [-5, "now", "just now"],
    [59_999, "now", "just now"],
    [60_000, "1 min", "1 min ago"],
    [3_599_999, "59 min", "59 min ago"],
    [3_600_000, "1 h", "1 h ago"],
    [86_399_999, "23 h", "23 h ago"],
    [86_400_000, "1 d", "1 d ago"],
  ])("says %i ms as %s and %s", (ms, span, ago) => {
    expect(spanWords(ms)).toBe(span);
    expect(agoWords(ms)).toBe(ago);
  });
});
