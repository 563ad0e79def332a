import { expect, test } from "vitest";
import { createMessagePipePair } from "./memory-pipe.ts";
import type { PipeCloseReason } from "./message-pipe.ts";
import { describeMessagePipe } from "./testing/message-pipe-suite.ts";

describeMessagePipe("a memory pipe", async () => {
  const ends = createMessagePipePair();
  return { ends, [Symbol.asyncDispose]: async () => ends[0].close() };
});

test.each([
  [63, undefined],
  [64, undefined],
  [65, "lost"],
])("%i messages that nobody reads end a pipe that holds 64: %s", async (count, kind) => {
  const [near, far] = createMessagePipePair();
  let reason: PipeCloseReason | undefined;
  near.onClose((end) => {
    reason = end;
  });
  for (let index = 0; index < count; index += 1) near.send(Uint8Array.of(index));
  await near.drained();
  await Promise.resolve();
  expect(reason?.kind).toBe(kind);
  far.close();
});
