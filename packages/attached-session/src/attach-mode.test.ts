import { signal } from "@preact/signals-core";
import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { parseSessionId } from "@wingthing/contracts/ids";
import { expect, test } from "vitest";
import { AttachedSession, type AttachService } from "./attached-session.ts";
import type { AttachMessage } from "./command-outbox.ts";
import { ManualClock } from "./testing/manual-clock.ts";

/** The first message that a session in this mode sends. */
async function openingOf(mode: AttachMode | undefined): Promise<AttachMessage | undefined> {
  const stop = new AbortController();
  let opening: AttachMessage | undefined;
  const service: AttachService = {
    // biome-ignore lint/correctness/useYield: the wing leaves before it says anything
    async *attach(messages) {
      for await (const message of messages) {
        opening = message;
        break;
      }
      stop.abort();
    },
  };
  const session = new AttachedSession({
    sessionId: parseSessionId(`s${"a".repeat(16)}`),
    service: signal(service),
    sink: { write: () => {}, redraw: () => {}, resize: () => {} },
    grid: { columns: 80, rows: 24 },
    ...(mode === undefined ? {} : { mode }),
    clock: new ManualClock(),
    random: (bytes) => bytes.fill(7),
  });
  await session.run(stop.signal);
  return opening;
}

test.each([
  ["unsaid", undefined, AttachMode.CONTROL],
  ["control", AttachMode.CONTROL, AttachMode.CONTROL],
  ["watch", AttachMode.WATCH, AttachMode.WATCH],
])("a viewer whose mode is %s opens as one that types, unless it only looks on", async (_name, mode, wanted) => {
  expect(await openingOf(mode)).toMatchObject({ command: { command: { case: "open", value: { mode: wanted } } } });
});
