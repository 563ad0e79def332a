import { expect, test } from "vitest";
import { webSocketHeaderBytes, writeWebSocketHeader } from "./websocket-header.ts";

test.each([
  [0, [0x82, 0]],
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [65_535, [0x82, 126, 0xff, 0xff]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])("the header of a message of %d bytes is as RFC 6455 has it", (messageBytes, wanted) => {
  const target = Buffer.alloc(16, 0xee);
  const end = writeWebSocketHeader(target, 3, messageBytes);
  expect([...target.subarray(3, end)]).toEqual(wanted);
  expect(webSocketHeaderBytes(messageBytes)).toBe(wanted.length);
  expect([target[2], target[end]]).toEqual([0xee, 0xee]);
});
