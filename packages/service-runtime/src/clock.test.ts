import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "./clock.ts";
import { ManualClock } from "./manual-clock.ts";

describe.each<{ name: string; make: () => { clock: Clock; pass: (ms: number) => void } }>([
  { name: "the machine's clock", make: () => ({ clock: systemClock, pass: () => {} }) },
  {
    name: "a manual clock",
    make: () => {
      const clock = new ManualClock();
      return { clock, pass: (ms) => clock.advance(ms) };
    },
  },
])("$name", ({ make }) => {
  test("calls back, in order of time", async () => {
    const { clock, pass } = make();
    const order: string[] = [];
    const last = new Promise<void>((resolve) => {
      clock.setTimer(6, () => {
        order.push("late");
        resolve();
      });
    });
    clock.setTimer(1, () => order.push("soon"));
    clock.setTimer(3, () => order.push("never")).cancel();
    pass(6);
    await last;
    expect(order).toEqual(["soon", "late"]);
  });

  test("a sleep ends in time, or with the reason of the abort", async () => {
    const { clock, pass } = make();
    const slept = clock.sleep(2);
    pass(2);
    await slept;
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow("enough");
  });

  test("monotonic time never goes back", () => {
    const { clock, pass } = make();
    const before = clock.monotonicMs();
    pass(5);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});

describe("a manual clock", () => {
  test("fires at the limit and not before, and counts what is pending", () => {
    const clock = new ManualClock(1_000);
    let fired = 0;
    clock.setTimer(10, () => {
      fired += 1;
      clock.setTimer(5, () => {
        fired += 1;
      });
    });
    clock.advance(9);
    expect({ fired, pending: clock.pendingTimers }).toEqual({ fired: 0, pending: 1 });
    clock.advance(1);
    expect(fired).toBe(1);
    clock.advance(5);
    expect({ fired, pending: clock.pendingTimers, now: clock.now() }).toEqual({ fired: 2, pending: 0, now: 1_015 });
  });
});
