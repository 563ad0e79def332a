import { describe, expect, it } from "vitest";
import { backOffMs, FIRST_WAIT_MS, LONGEST_WAIT_MS } from "./back-off.ts";

describe("backOffMs()", () => {
  it.each([
    [1, 0, FIRST_WAIT_MS / 2],
    [1, 1, FIRST_WAIT_MS],
    [2, 1, FIRST_WAIT_MS * 2],
    [5, 1, FIRST_WAIT_MS * 16],
    [6, 1, LONGEST_WAIT_MS],
    [7, 0, LONGEST_WAIT_MS / 2],
    [5_000, 1, LONGEST_WAIT_MS],
  ])("waits before try %i with random %d for %i ms", (attempt, random, expected) => {
    expect(backOffMs(attempt, () => random)).toBe(expected);
  });
});
