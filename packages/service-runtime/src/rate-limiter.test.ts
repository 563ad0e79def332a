import { expect, test } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { RateLimitedError, RateLimiter } from "./rate-limiter.ts";

const limit = { burst: 3, perSecond: 2, maxCallers: 4 };

test("a caller has a burst, then one for each part of a second, and says when to come again", () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter(limit, clock);
  for (let i = 0; i < 3; i += 1) limiter.take("a");
  expect(limiter.isExhausted("a")).toBe(true);
  expect(() => limiter.take("a")).toThrow(RateLimitedError);
  clock.advance(499);
  expect(() => limiter.take("a")).toThrow(RateLimitedError);
  clock.advance(1);
  limiter.take("a");
  expect(limiter.isExhausted("a")).toBe(true);
});

test("one caller's haste is not another's", () => {
  const limiter = new RateLimiter(limit, new ManualClock());
  for (let i = 0; i < 3; i += 1) limiter.take("a");
  limiter.take("b");
});

test("a long rest gives one burst, not more", () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter(limit, clock);
  limiter.take("a");
  clock.advance(3_600_000);
  for (let i = 0; i < 3; i += 1) limiter.take("a");
  expect(() => limiter.take("a")).toThrow(/Try again in 1 s/);
});

test("only so many callers are remembered: the one not seen for longest is forgotten", () => {
  const limiter = new RateLimiter(limit, new ManualClock());
  for (let i = 0; i < 3; i += 1) limiter.take("a");
  for (const caller of ["b", "c", "d"]) limiter.take(caller);
  expect({ callers: limiter.callers, exhausted: limiter.isExhausted("a") }).toEqual({ callers: 4, exhausted: true });
  limiter.take("e");
  expect(limiter.callers).toBe(4);
  expect(limiter.isExhausted("a")).toBe(true);
  for (const caller of ["f", "g", "h", "i"]) limiter.take(caller);
  expect(limiter.callers).toBe(4);
  expect(limiter.isExhausted("a")).toBe(false);
});
