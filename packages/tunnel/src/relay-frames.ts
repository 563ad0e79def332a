import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { DataSchema, type Frame, FrameSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { type BytesMessageLayout, bytesMessagePrefix } from "./bytes-message.ts";
import { RelayLostError } from "./relay-errors.ts";
import { MAX_RELAY_FRAME_BYTES } from "./relay-limits.ts";

/** Version of relay.proto that is spoken. */
export const RELAY_VERSION = 1;

const DATA_LAYOUT: BytesMessageLayout = {
  outer: FrameSchema.field.data.number,
  id: DataSchema.field.channelId.number,
  bytes: DataSchema.field.payload.number,
};

/** A frame that is not Data. */
export function relayFrame(kind: NonNullable<MessageInitShape<typeof FrameSchema>["kind"]>): Uint8Array<ArrayBuffer> {
  return toBinary(FrameSchema, create(FrameSchema, { kind }));
}

/** A Data frame. */
export function relayDataFrame(channelId: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = bytesMessagePrefix(DATA_LAYOUT, channelId, payload.length);
  const frame = new Uint8Array(prefix.length + payload.length);
  frame.set(prefix);
  frame.set(payload, prefix.length);
  return frame;
}

/** Reads a frame of the relay; throws RelayLostError. */
export function parseRelayFrame(message: Uint8Array): Frame["kind"] {
  if (message.length > MAX_RELAY_FRAME_BYTES) {
    throw new RelayLostError(`the relay sent ${message.length} bytes at once, wanted at most ${MAX_RELAY_FRAME_BYTES}`);
  }
  try {
    return fromBinary(FrameSchema, message).kind;
  } catch (cause) {
    throw new RelayLostError("the relay sent something that is no frame: one of the two is out of date", { cause });
  }
}
