import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, test } from "vitest";
import { Heartbeat } from "./heartbeat.ts";

function start() {
  const clock = new ManualClock();
  const vitals = { bytesRead: 0, bytesWaiting: 0, bytesSent: 0, isPaused: false };
  const heard = { pings: 0, silent: 0 };
  const heartbeat = new Heartbeat({
    vitals,
    ping: () => heard.pings++,
    onSilent: () => heard.silent++,
    intervalMs: 5_000,
    maxSilentPings: 3,
    clock,
  });
  return { clock, vitals, heard, heartbeat };
}

describe("Heartbeat", () => {
  test("three pings without a sign of life are endured, then the socket is dead, 20 s after the last sign", () => {
    const { clock, heard } = start();
    clock.advance(19_999);
    expect(heard).toEqual({ pings: 3, silent: 0 });
    clock.advance(1);
    expect(heard).toEqual({ pings: 3, silent: 1 });
    clock.advance(100_000);
    expect(heard.silent).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test("anything that comes in is a sign of life", () => {
    const { clock, vitals, heard } = start();
    for (let beat = 0; beat < 20; beat++) {
      vitals.bytesRead++;
      clock.advance(10_000);
    }
    expect(heard.silent).toBe(0);
  });

  test("a backlog that shrinks is a sign of life, one that stands still is not", () => {
    const { clock, vitals, heard } = start();
    vitals.bytesWaiting = 1_000_000;
    clock.advance(5_000);
    for (let beat = 0; beat < 10; beat++) {
      vitals.bytesSent += 1_000;
      clock.advance(5_000);
    }
    expect(heard.silent).toBe(0);
    clock.advance(20_000);
    expect(heard.silent).toBe(1);
  });

  test("our own pings that the kernel takes are no sign of life", () => {
    const { clock, vitals, heard } = start();
    for (let beat = 0; beat < 4; beat++) {
      clock.advance(5_000);
      vitals.bytesSent += 2;
    }
    expect(heard.silent).toBe(1);
  });

  test("a socket that we do not read may be silent", () => {
    const { clock, vitals, heard } = start();
    vitals.isPaused = true;
    clock.advance(60_000);
    expect(heard.silent).toBe(0);
    vitals.isPaused = false;
    clock.advance(20_000);
    expect(heard.silent).toBe(1);
  });

  test("after stop there is no ping and no timer", () => {
    const { clock, heard, heartbeat } = start();
    heartbeat.stop();
    clock.advance(60_000);
    expect(heard).toEqual({ pings: 0, silent: 0 });
    expect(clock.pendingTimers).toBe(0);
  });
});
