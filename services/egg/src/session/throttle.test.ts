import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { expect, it } from "vitest";
import { Throttle } from "./throttle.ts";

it("calls back at once, then once an interval while things happen, and leaves no timer when they stop", () => {
  const clock = new ManualClock();
  const calls: number[] = [];
  const throttle = new Throttle(clock, 100, () => calls.push(clock.monotonicMs()));
  throttle.happened();
  clock.advance(10);
  throttle.happened();
  throttle.happened();
  clock.advance(89);
  expect(calls).toEqual([0]);
  clock.advance(1);
  expect(calls).toEqual([0, 100]);
  clock.advance(100);
  expect(clock.pendingTimers).toBe(0);
  throttle.happened();
  expect(calls).toEqual([0, 100, 200]);
  throttle.happened();
  throttle.stop();
  clock.advance(1_000);
  expect(calls).toEqual([0, 100, 200]);
});
