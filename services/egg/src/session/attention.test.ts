import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { expect, it } from "vitest";
import { Attention, NOTICE_INTERVAL_MS } from "./attention.ts";

function attend() {
  const clock = new ManualClock();
  const notices: string[] = [];
  return { clock, notices, attention: new Attention(clock, (reason) => notices.push(reason)) };
}

it("tells a reason once until somebody typed", () => {
  const { clock, notices, attention } = attend();
  attention.want("bell");
  clock.advance(NOTICE_INTERVAL_MS);
  attention.want("bell");
  expect(notices).toEqual(["bell"]);
  expect(attention.answered()).toBe(true);
  expect(attention.answered()).toBe(false);
  expect(attention.reason).toBe("");
  attention.want("bell");
  expect(notices).toEqual(["bell", "bell"]);
});

it.each([
  [NOTICE_INTERVAL_MS - 1, 1],
  [NOTICE_INTERVAL_MS, 2],
  [NOTICE_INTERVAL_MS + 1, 2],
])("thins out a program that asks again after %i ms: %i notices", (waitMs, count) => {
  const { clock, notices, attention } = attend();
  attention.want("one");
  clock.advance(waitMs);
  attention.want("two");
  expect(notices).toHaveLength(count);
  expect(attention.reason).toBe("two");
});
