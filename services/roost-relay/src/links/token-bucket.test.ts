import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

const takes = (bucket: TokenBucket, count: number, nowMs: number): boolean[] =>
  Array.from({ length: count }, () => bucket.take(nowMs));

test("a burst is let through to the last and not one more", () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
  expect(takes(bucket, 4, 0)).toEqual([true, true, true, false]);
});

test("after the burst the rate counts, and refusals cost nothing", () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
  takes(bucket, 10, 0);
  expect([bucket.take(499), bucket.take(500), bucket.take(501)]).toEqual([false, true, false]);
});

test("a long pause fills it to the burst and no further", () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 1 }, 0);
  takes(bucket, 2, 0);
  expect([bucket.isFull(1_999), bucket.isFull(2_000)]).toEqual([false, true]);
  expect(takes(bucket, 3, 100_000)).toEqual([true, true, false]);
});
