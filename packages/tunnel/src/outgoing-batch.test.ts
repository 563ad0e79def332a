import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BatchSchema, type Frame } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { FrameSchema as RelayFrameSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { MAX_PLAINTEXT_BYTES } from "@wingthing/sealed-channel/record-cipher";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesMessagePrefix, MAX_PREFIX_BYTES } from "./bytes-message.ts";
import { creditFrame, endFrame, openFrame, pingFrame } from "./frames.ts";
import { OutgoingBatch } from "./outgoing-batch.ts";
import { relayDataFrame } from "./relay-frames.ts";

const streamIds = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 32 - 1 }));
const payloads = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.constantFrom(127, 128, 16_383, 16_384, 60_000).map((length) => new Uint8Array(length).fill(3)),
);

test("data is laid out as the generated code lays it out", () => {
  fc.assert(
    fc.property(streamIds, payloads, (streamId, data) => {
      const batch = new OutgoingBatch();
      batch.addData(streamId, data);
      const generated = create(BatchSchema, { frames: [{ streamId, kind: { case: "data", value: data } }] });
      expect(Buffer.from(batch.encode()).equals(toBinary(BatchSchema, generated))).toBe(true);
    }),
  );
});

test("so is data for the relay", () => {
  fc.assert(
    fc.property(streamIds, payloads, (channelId, payload) => {
      const generated = create(RelayFrameSchema, { kind: { case: "data", value: { channelId, payload } } });
      expect(Buffer.from(relayDataFrame(channelId, payload)).equals(toBinary(RelayFrameSchema, generated))).toBe(true);
    }),
  );
});

test("frames come out in the order in which they went in", () => {
  const batch = new OutgoingBatch();
  batch.add(openFrame(1, "/a.B/C", new Headers({ x: "y" })));
  batch.addData(1, Uint8Array.of(1, 2));
  batch.add(creditFrame(3, 9));
  batch.add(pingFrame(7n));
  batch.add(endFrame(1, new Headers()));
  const { frames } = fromBinary(BatchSchema, batch.encode());
  expect(frames.map(({ streamId, kind }: Frame) => [streamId, kind.case])).toEqual([
    [1, "open"],
    [1, "data"],
    [3, "credit"],
    [0, "ping"],
    [1, "end"],
  ]);
});

test("no prefix is longer than the room that is left for it", () => {
  const layout = { outer: 15, id: 15, bytes: 15 };
  expect(bytesMessagePrefix(layout, 2 ** 32 - 1, 2 ** 31).length).toBe(MAX_PREFIX_BYTES);
});

test.each([
  [-1, true],
  [0, true],
  [1, false],
])("a frame that leaves room for %i bytes less than nothing fits: %s", (beyond, fits) => {
  const batch = new OutgoingBatch();
  batch.addData(1, new Uint8Array(60_000));
  const before = batch.encode().length;
  const frame = new Uint8Array(MAX_PLAINTEXT_BYTES - before + beyond);
  expect(batch.add(frame)).toBe(fits);
  expect(batch.encode().length).toBe(fits ? before + frame.length : before);
});

test("data that fills the room fills the record and no more", () => {
  const batch = new OutgoingBatch();
  batch.addData(2 ** 32 - 1, new Uint8Array(batch.roomForData));
  expect(batch.encode().length).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES);
  expect(batch.roomForData).toBeLessThanOrEqual(0);
});
