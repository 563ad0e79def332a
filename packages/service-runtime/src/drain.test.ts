import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { drain, untilTerminated } from "./drain.ts";
import { ManualClock } from "./manual-clock.ts";
import { recordLog } from "./testing/log-recorder.ts";

test("steps run one after the other", async () => {
  const order: string[] = [];
  const step = (name: string) => ({
    name,
    run: async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    },
  });
  const clock = new ManualClock();
  expect(await drain([step("a"), step("b")], { graceMs: 100, clock, log: recordLog().log })).toEqual({ clean: true });
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  expect(clock.pendingTimers).toBe(0);
});

test("a step that fails or hangs is told, and the others still run", async () => {
  const clock = new ManualClock();
  const { log, events } = recordLog();
  const ran: string[] = [];
  const draining = drain(
    [
      { name: "fails", run: () => Promise.reject(new Error("no")) },
      {
        name: "hangs",
        run: () => {
          queueMicrotask(() => clock.advance(100));
          return new Promise(() => {});
        },
      },
      { name: "last", run: async () => void ran.push("last") },
    ],
    { graceMs: 100, clock, log },
  );
  expect(await draining).toEqual({ clean: false });
  expect(ran).toEqual(["last"]);
  expect(events.map(({ event, fields }) => [event, fields["step"]])).toEqual([
    ["closing failed", "fails"],
    ["closing took too long", "hangs"],
    ["closing took too long", "last"],
  ]);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s is waited for once", async (signal) => {
  const source = new EventEmitter();
  const ended = untilTerminated(source as unknown as NodeJS.Process);
  source.emit(signal);
  expect(await ended).toBe(signal);
  expect(source.listenerCount("SIGTERM") + source.listenerCount("SIGINT")).toBe(0);
});
