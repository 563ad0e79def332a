import { expect, test } from "vitest";
import { createMessagePipePair } from "./memory-pipe.ts";
import type { PipeCloseReason } from "./message-pipe.ts";
import { PipeReader } from "./pipe-reader.ts";
import { ManualTimers } from "./testing/manual-timer.ts";

async function readerWith(count: number) {
  const [near, far] = createMessagePipePair();
  const reader = new PipeReader(far, { timeoutMs: 1000, startTimer: new ManualTimers().start });
  for (let index = 0; index < count; index += 1) near.send(Uint8Array.of(index));
  await Promise.resolve();
  return { near, reader };
}

test("messages are read one by one, in order, whether they wait or are waited for", async () => {
  const { near, reader } = await readerWith(2);
  expect(await reader.next()).toEqual(Uint8Array.of(0));
  expect(await reader.next()).toEqual(Uint8Array.of(1));
  const third = reader.next();
  near.send(Uint8Array.of(2));
  expect(await third).toEqual(Uint8Array.of(2));
});

test("after the hand-over nothing is lost: what waited, what follows, and the end", async () => {
  const { near, reader } = await readerWith(3);
  await reader.next();
  const events: (number | undefined | string)[] = [];
  reader.handOver({
    onMessage: (message) => events.push(message[0]),
    onClose: (reason: PipeCloseReason) => events.push(reason.text),
  });
  near.send(Uint8Array.of(3));
  near.close("end");
  await Promise.resolve();
  await Promise.resolve();
  expect(events).toEqual([1, 2, 3, "end"]);
});

test("a pipe that ended before the hand-over says so at it", async () => {
  const { near, reader } = await readerWith(0);
  near.close("early");
  await Promise.resolve();
  const reasons: PipeCloseReason[] = [];
  reader.handOver({ onMessage: () => {}, onClose: (reason) => reasons.push(reason) });
  expect(reasons).toEqual([{ kind: "closed", text: "early" }]);
});

test.each([
  [15, false],
  [16, false],
  [17, true],
])("%i messages that wait are more than a handshake holds: %s", async (count, tooMany) => {
  const { reader } = await readerWith(count);
  if (tooMany) expect(() => reader.throwIfFailed()).toThrow("more than 16 messages came unasked");
  else expect(() => reader.throwIfFailed()).not.toThrow();
});
