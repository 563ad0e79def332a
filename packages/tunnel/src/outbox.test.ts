import { fromBinary } from "@bufbuild/protobuf";
import { BatchSchema } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { expect, test } from "vitest";
import { endFrame, openFrame } from "./frames.ts";
import { Outbox } from "./outbox.ts";
import { OutgoingBatch } from "./outgoing-batch.ts";
import { SendWindows } from "./send-windows.ts";
import { OUTBOX_BYTES } from "./tunnel-limits.ts";

const EVERYTHING = 1_000_000;

function take(outbox: Outbox, dataShare = EVERYTHING, windows = new SendWindows()) {
  const batch = new OutgoingBatch();
  const moved = outbox.take({ batch, windows, dataShare });
  const frames = fromBinary(BatchSchema, batch.encode()).frames;
  const sizes = frames.map(({ kind }) => (kind.case === "data" ? kind.value.length : kind.case));
  return { moved, sizes };
}

test("the first frame, the data and the last frame leave in this order", () => {
  const outbox = new Outbox(1);
  outbox.setFirst(openFrame(1, "/a.B/C", new Headers()));
  outbox.write(new Uint8Array(10));
  outbox.write(new Uint8Array(20));
  outbox.setLast(endFrame(1, new Headers()));
  expect(take(outbox)).toEqual({ moved: "last", sizes: ["open", 10, 20, "end"] });
  expect(outbox.isEmpty).toBe(true);
  expect(take(outbox)).toEqual({ moved: "nothing", sizes: [] });
});

test("a chunk that is longer than its turn leaves in parts, and the end waits for the last of them", () => {
  const outbox = new Outbox(1);
  outbox.write(new Uint8Array(250));
  outbox.setLast(endFrame(1, new Headers()));
  expect([take(outbox, 100), take(outbox, 100), take(outbox, 100)]).toEqual([
    { moved: "some", sizes: [100] },
    { moved: "some", sizes: [100] },
    { moved: "last", sizes: [50, "end"] },
  ]);
});

test("a turn without a share of data still carries the frames around it", () => {
  const outbox = new Outbox(1);
  outbox.setFirst(openFrame(1, "/a.B/C", new Headers()));
  outbox.write(new Uint8Array(1));
  expect(take(outbox, 0)).toEqual({ moved: "some", sizes: ["open"] });
  expect(take(outbox, 0)).toEqual({ moved: "nothing", sizes: [] });
});

test.each([
  [OUTBOX_BYTES - 1, false],
  [OUTBOX_BYTES, true],
  [OUTBOX_BYTES + 1, true],
])("a writer of %i bytes has to wait: %s", async (bytes, waits) => {
  const outbox = new Outbox(1);
  const wait = outbox.write(new Uint8Array(bytes));
  expect(wait !== undefined).toBe(waits);
  take(outbox, bytes);
  await wait;
});

test("a stream that ends wakes its writer, and sends nothing more", async () => {
  const outbox = new Outbox(1);
  const wait = outbox.write(new Uint8Array(OUTBOX_BYTES));
  outbox.close();
  await wait;
  expect(outbox.write(new Uint8Array(1))).toBeUndefined();
  outbox.setLast(endFrame(1, new Headers()));
  expect(take(outbox)).toEqual({ moved: "nothing", sizes: [] });
});
