import { describe, expect, test } from "vitest";
import { encodeFrame, readFrame } from "./frame-codec.ts";
import { ProtocolError } from "./protocol-error.ts";

describe("readFrame", () => {
  test("reads what browsers and wings may send", () => {
    expect(readFrame(encodeFrame({ case: "hello", value: { token: "t", version: 1 } }))).toMatchObject({
      kind: "hello",
      hello: { token: "t", version: 1 },
    });
    expect(readFrame(encodeFrame({ case: "open", value: { channelId: 3, wingId: "w" } }))).toMatchObject({
      kind: "open",
      open: { channelId: 3, wingId: "w" },
    });
    expect(readFrame(encodeFrame({ case: "close", value: { channelId: 3 } }))).toMatchObject({ kind: "close" });
  });

  test("reads a Data frame of an unusual layout by the generated codec", () => {
    const payloadFirst = Uint8Array.of(0x2a, 0x05, 0x12, 0x01, 0x41, 0x08, 0x09);
    expect(readFrame(payloadFirst)).toMatchObject({
      kind: "data",
      data: { channelId: 9, payload: Uint8Array.of(0x41) },
    });
  });

  test.each([
    ["no bytes", new Uint8Array(), /a frame of no known kind, wanted hello, open, data or close/],
    ["an unknown kind", Uint8Array.of(0x7a, 0x00), /no known kind/],
    ["random bytes", Uint8Array.of(0xff, 0xff, 0xff), /a message of 3 bytes that is not a Frame/],
    ["a cut frame", Uint8Array.of(0x2a, 0x7f, 0x08), /a message of 3 bytes that is not a Frame/],
    ["a welcome", encodeFrame({ case: "welcome", value: {} }), /a frame of kind welcome, which only the relay sends/],
    ["an opened", encodeFrame({ case: "opened", value: {} }), /a frame of kind opened, which only the relay sends/],
    [
      "a presence",
      encodeFrame({ case: "presence", value: {} }),
      /a frame of kind presence, which only the relay sends/,
    ],
    ["a drain", encodeFrame({ case: "drain", value: {} }), /a frame of kind drain, which only the relay sends/],
  ])("refuses %s and says what is wanted", (_, bytes, message) => {
    expect(() => readFrame(bytes)).toThrow(ProtocolError);
    expect(() => readFrame(bytes)).toThrow(message);
  });
});
