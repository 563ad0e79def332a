import { expect, test } from "vitest";
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, pauseBefore } from "./backoff.ts";

test("pauses double from the first to the longest and stay there", () => {
  const pauses = Array.from({ length: 12 }, (_, attempt) => pauseBefore(attempt, () => 1));
  expect(pauses[0]).toBe(FIRST_PAUSE_MS);
  expect(pauses[1]).toBe(2 * FIRST_PAUSE_MS);
  expect(pauses.at(-1)).toBe(LONGEST_PAUSE_MS);
  expect(pauseBefore(1_000_000, () => 1)).toBe(LONGEST_PAUSE_MS);
});

test("a pause is spread over the upper half of its length", () => {
  expect(pauseBefore(0, () => 0)).toBe(FIRST_PAUSE_MS / 2);
  expect(pauseBefore(20, () => 0)).toBe(LONGEST_PAUSE_MS / 2);
});
