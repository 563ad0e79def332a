import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FrameSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataFrameBytes, readDataFrame, writeDataHeader } from "./data-frame.ts";

const channelId = fc.oneof(
  fc.integer({ min: 1, max: 0xffff_ffff }),
  fc.constantFrom(1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000, 0xfff_ffff, 0x1000_0000, 0xffff_ffff),
);
const payload = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.constantFrom(125, 126, 127, 128, 16_370, 16_384, 65_535).map((length) => new Uint8Array(length).fill(7)),
);

const generated = (id: number, bytes: Uint8Array): Uint8Array =>
  toBinary(FrameSchema, create(FrameSchema, { kind: { case: "data", value: { channelId: id, payload: bytes } } }));

function written(id: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(dataFrameBytes(id, bytes.length));
  const at = writeDataHeader(frame, 0, { channelId: id, payload: bytes });
  frame.set(bytes, at);
  expect(at + bytes.length).toBe(frame.length);
  return frame;
}

/** What the generated codec makes of it: the fields of a Data frame, or undefined. */
function readByGenerated(frame: Uint8Array) {
  try {
    const { kind } = fromBinary(FrameSchema, frame);
    return kind.case === "data" ? { channelId: kind.value.channelId, payload: kind.value.payload } : undefined;
  } catch {
    return undefined;
  }
}

describe("a Data frame", () => {
  test("is written byte for byte as the generated codec writes it", () => {
    fc.assert(
      fc.property(channelId, payload, (id, bytes) => {
        expect(Buffer.compare(written(id, bytes), generated(id, bytes))).toBe(0);
      }),
    );
  });

  test("is read back as it was written, without copying the payload", () => {
    fc.assert(
      fc.property(channelId, payload, (id, bytes) => {
        const frame = generated(id, bytes);
        const data = readDataFrame(frame);
        expect(data?.channelId).toBe(id);
        expect(Buffer.compare(data!.payload, bytes)).toBe(0);
        expect(data?.payload.buffer).toBe(frame.buffer);
      }),
    );
  });

  test("is read as the generated codec reads it, or left to it, whatever byte is changed, cut or added", () => {
    const change = fc.record({ at: fc.nat(40), byte: fc.nat(255), kind: fc.constantFrom("set", "cut", "insert") });
    const small = fc.uint8Array({ minLength: 0, maxLength: 12 });
    fc.assert(
      fc.property(channelId, small, fc.array(change, { maxLength: 4 }), (id, bytes, changes) => {
        const frame = Array.from(generated(id, bytes));
        for (const { at, byte, kind } of changes) {
          if (kind === "set" && at < frame.length) frame[at] = byte;
          else frame.splice(at, kind === "cut" ? 1 : 0, ...(kind === "insert" ? [byte] : []));
        }
        expectAgreement(Uint8Array.from(frame));
      }),
      { numRuns: 5_000 },
    );
  });

  test("is never seen in random bytes where the generated codec sees something else", () => {
    const headed = fc.uint8Array({ maxLength: 24 }).map((rest) => Uint8Array.of(0x2a, rest.length, 0x08, ...rest));
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), headed), expectAgreement), { numRuns: 5_000 });
  });

  test.each([
    ["nothing", []],
    ["another field", [0x1a, 0x00]],
    ["channel 0, which encoders leave out", [0x2a, 0x03, 0x12, 0x01, 0x41]],
    ["channel 0, written out", [0x2a, 0x05, 0x08, 0x00, 0x12, 0x01, 0x41]],
    ["no payload", [0x2a, 0x02, 0x08, 0x01]],
    ["the payload first", [0x2a, 0x05, 0x12, 0x01, 0x41, 0x08, 0x01]],
    ["a length beyond the end", [0x2a, 0x06, 0x08, 0x01, 0x12, 0x01, 0x41]],
    ["bytes behind the end", [0x2a, 0x05, 0x08, 0x01, 0x12, 0x01, 0x41, 0x00]],
    ["a channel number over 32 bits", [0x2a, 0x09, 0x08, 0xff, 0xff, 0xff, 0xff, 0x1f, 0x12, 0x01, 0x41]],
    ["a varint without an end", [0x2a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
    ["a cut varint", [0x2a, 0x80]],
  ])("with %s is left to the generated codec", (_, bytes) => {
    expect(readDataFrame(Uint8Array.from(bytes))).toBeUndefined();
  });
});

function expectAgreement(frame: Uint8Array): void {
  const data = readDataFrame(frame);
  if (data === undefined) return;
  expect(readByGenerated(frame)).toEqual(data);
}
