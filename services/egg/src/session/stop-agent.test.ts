import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { expect, it } from "vitest";
import type { PtySignal } from "../pty/pty.ts";
import { HANG_UP_WAIT_MS, stopAgent, TERMINATE_WAIT_MS } from "./stop-agent.ts";

/** Stops a program that ends by one of the signals only. */
async function stop(endsBy: PtySignal) {
  const clock = new ManualClock();
  const sent: [PtySignal, number][] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const kill = (signal: PtySignal) => {
    sent.push([signal, clock.monotonicMs()]);
    if (signal === endsBy) resolve();
  };
  const stopped = stopAgent({ kill, ended }, clock);
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resume) => setImmediate(resume));
    if (turn % 5 === 4) clock.advance(Math.max(HANG_UP_WAIT_MS, TERMINATE_WAIT_MS));
  }
  await stopped;
  return { sent: sent.map(([signal]) => signal), pendingTimers: clock.pendingTimers };
}

it.each([
  ["SIGHUP", ["SIGHUP"]],
  ["SIGTERM", ["SIGHUP", "SIGTERM"]],
  ["SIGKILL", ["SIGHUP", "SIGTERM", "SIGKILL"]],
] as const)("goes no further than %s when that ends the program", async (endsBy, signals) => {
  expect(await stop(endsBy)).toEqual({ sent: signals, pendingTimers: 0 });
});
