import { describe, expect, it } from "vitest";
import { FIRST_WAIT_MS } from "./back-off.ts";
import { Pace, STEADY_MS } from "./pace.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const least = (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(0);

describe("Pace", () => {
  it("waits longer after each try that did not stand", () => {
    const pace = new Pace(new ManualClock(), least);
    expect([pace.down(), pace.down(), pace.down()]).toEqual([FIRST_WAIT_MS / 2, FIRST_WAIT_MS, FIRST_WAIT_MS * 2]);
    expect(pace.attempt).toBe(4);
  });

  it.each([
    [STEADY_MS - 1, FIRST_WAIT_MS * 2],
    [STEADY_MS, FIRST_WAIT_MS / 2],
    [STEADY_MS + 1, FIRST_WAIT_MS / 2],
  ])("after two failures and something that held for %i ms waits %i ms", (heldMs, waitMs) => {
    const clock = new ManualClock();
    const pace = new Pace(clock, least);
    pace.down();
    pace.down();
    pace.up();
    clock.advance(heldMs);
    expect(pace.down()).toBe(waitMs);
  });

  it("takes nothing for steady that never stood", () => {
    const clock = new ManualClock();
    const pace = new Pace(clock, least);
    pace.down();
    clock.advance(10 * STEADY_MS);
    expect(pace.down()).toBe(FIRST_WAIT_MS);
  });
});
