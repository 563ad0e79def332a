import { describe, expect, test } from "vitest";
import { NoSamplesError, percentile, spreadOf } from "./percentiles.ts";

describe("percentile", () => {
  test.each([
    { samples: [5], share: 0.5, wanted: 5 },
    { samples: [3, 1, 2], share: 0.5, wanted: 2 },
    { samples: [4, 1, 3, 2], share: 0.5, wanted: 2 },
    { samples: Array.from({ length: 100 }, (_, index) => index + 1), share: 0.99, wanted: 99 },
    { samples: Array.from({ length: 101 }, (_, index) => index + 1), share: 0.99, wanted: 100 },
    { samples: [10, 9, 100], share: 1, wanted: 100 },
  ])("$share of $samples.length samples is $wanted, in the order of numbers", ({ samples, share, wanted }) => {
    expect(percentile(samples, share)).toBe(wanted);
  });

  test("leaves the samples as they were", () => {
    const samples = [3, 1, 2];
    percentile(samples, 0.5);
    expect(samples).toEqual([3, 1, 2]);
  });

  test("of nothing is an error, not NaN", () => {
    expect(() => spreadOf([])).toThrow(NoSamplesError);
  });
});
