import { ManualClock } from "@wingthing/attached-session/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { ChannelProbe, PROBE_EVERY_MS, PROBE_WAIT_MS } from "./channel-probe.ts";

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function probed(answer: () => Promise<number>) {
  const clock = new ManualClock();
  const roundTrips: number[] = [];
  const stop = new AbortController();
  let pings = 0;
  const probe = new ChannelProbe(clock, (ms) => roundTrips.push(ms));
  const ping = () => {
    pings += 1;
    return answer();
  };
  const silent = probe.untilSilent({ ping }, stop.signal);
  return { clock, roundTrips, stop, probe, silent, pings: () => pings };
}

describe("ChannelProbe", () => {
  it("measures at once and then at every turn", async () => {
    const { clock, roundTrips, stop, silent } = probed(async () => 24);
    await settle();
    expect(roundTrips).toEqual([24]);
    clock.advance(PROBE_EVERY_MS - 1);
    await settle();
    expect(roundTrips).toEqual([24]);
    clock.advance(1);
    await settle();
    expect(roundTrips).toEqual([24, 24]);
    stop.abort();
    expect(await silent).toBe(false);
  });

  it("measures early when asked to", async () => {
    const { probe, pings, stop } = probed(async () => 24);
    await settle();
    probe.now();
    await settle();
    expect(pings()).toBe(2);
    stop.abort();
  });

  it("gives a channel up that does not answer in time, and not a moment sooner", async () => {
    const { clock, silent } = probed(() => new Promise(() => {}));
    let gaveUp = false;
    silent.then(() => {
      gaveUp = true;
    });
    clock.advance(PROBE_WAIT_MS - 1);
    await settle();
    expect(gaveUp).toBe(false);
    clock.advance(1);
    expect(await silent).toBe(true);
  });

  it("leaves no timer behind", async () => {
    const { clock, stop, silent } = probed(async () => 24);
    await settle();
    stop.abort();
    await silent;
    expect(clock.waits).toEqual([]);
  });
});
