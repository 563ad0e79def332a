import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Frame, FrameSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { WebSocket } from "ws";

type FrameInit = NonNullable<MessageInitShape<typeof FrameSchema>["kind"]>;

/** Encodes a frame of relay.proto. */
export function encode(kind: FrameInit): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { kind }));
}

/** Decodes a frame of relay.proto. */
function decode(message: Uint8Array): Frame["kind"] {
  return fromBinary(FrameSchema, message).kind;
}

/** Waits for the next frame of a kind and passes over others. */
export function nextFrame<Case extends Frame["kind"]["case"]>(
  webSocket: WebSocket,
  wanted: Case,
): Promise<Extract<Frame["kind"], { case: Case }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: Buffer) => {
      const kind = decode(message);
      if (kind.case === "close") reject(new Error(`the relay closed: ${kind.value.text}`));
      if (kind.case !== wanted) return;
      webSocket.off("message", onMessage);
      resolve(kind as Extract<Frame["kind"], { case: Case }>);
    };
    webSocket.on("message", onMessage);
  });
}
