import { ManualTimers } from "@wingthing/sealed-channel/testing/manual-timer";
import { expect, test } from "vitest";
import { Liveness } from "./liveness.ts";
import type { PeerSilentError } from "./tunnel-errors.ts";
import { MAX_PENDING_PINGS, PING_INTERVAL_MS } from "./tunnel-limits.ts";

function alive() {
  const timers = new ManualTimers();
  const pings: bigint[] = [];
  const silent: PeerSilentError[] = [];
  const clock = { now: 0 };
  const liveness = new Liveness({
    startTimer: timers.start,
    now: () => clock.now,
    sendPing: (nonce) => pings.push(nonce),
    onSilent: (error) => silent.push(error),
  });
  return { liveness, timers, pings, silent, clock };
}

test("who is heard is not asked", () => {
  const { liveness, timers, pings } = alive();
  for (let interval = 0; interval < 5; interval += 1) {
    liveness.heard();
    expect(timers.running).toEqual([PING_INTERVAL_MS]);
    timers.fire();
  }
  expect(pings).toEqual([]);
});

test("who is silent is asked each interval, and given up after the third", () => {
  const { timers, pings, silent } = alive();
  timers.fire();
  timers.fire();
  expect(pings).toHaveLength(2);
  expect(silent).toEqual([]);
  timers.fire();
  expect(silent.map(({ message }) => message)).toEqual([
    "nothing was heard for 30 s: the network or the other end is gone, open a new channel",
  ]);
  expect(timers.running).toEqual([]);
});

test("one sign of life starts the count anew", () => {
  const { liveness, timers, silent } = alive();
  for (let round = 0; round < 4; round += 1) {
    timers.fire();
    timers.fire();
    liveness.heard();
  }
  timers.fire();
  expect(silent).toEqual([]);
});

test("a round trip is measured from ping to its own pong", async () => {
  const { liveness, pings, clock } = alive();
  const first = liveness.ping();
  clock.now = 5;
  const second = liveness.ping();
  clock.now = 12;
  liveness.pong(pings[1]!);
  liveness.pong(12345n);
  clock.now = 20;
  liveness.pong(pings[0]!);
  liveness.pong(pings[0]!);
  expect(await second).toBe(7);
  expect(await first).toBe(20);
});

test.each([
  [MAX_PENDING_PINGS - 1, true],
  [MAX_PENDING_PINGS, false],
])("with %i pings outstanding, one more is sent: %s", async (count, sent) => {
  const { liveness, pings } = alive();
  const outstanding = Array.from({ length: count }, () => liveness.ping());
  const next = liveness.ping().catch((error: Error) => error.name);
  expect(pings).toHaveLength(sent ? count + 1 : count);
  liveness.stop(new Error("over"));
  expect(await next).toBe(sent ? "Error" : "TooManyPingsError");
  for (const ping of outstanding) await expect(ping).rejects.toThrow("over");
});

test("the end stops the timer", () => {
  const { liveness, timers } = alive();
  liveness.stop(new Error("over"));
  expect(timers.running).toEqual([]);
});
