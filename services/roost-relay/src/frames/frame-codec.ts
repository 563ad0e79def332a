import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type Close,
  type Frame,
  FrameSchema,
  type Hello,
  type Open,
} from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { type DataFrame, readDataFrame } from "./data-frame.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Version of relay.proto that this relay speaks. */
export const PROTOCOL_VERSION = 1;

/** A frame as it came, of one of the kinds that the other end may send. */
export type IncomingFrame =
  | { readonly kind: "hello"; readonly hello: Hello }
  | { readonly kind: "open"; readonly open: Open }
  | { readonly kind: "data"; readonly data: DataFrame }
  | { readonly kind: "close"; readonly close: Close };

/** The kind of a frame with the fields of its message. */
export type FrameInit = NonNullable<MessageInitShape<typeof FrameSchema>["kind"]>;

const WANTED = "wanted hello, open, data or close";

/** Reads what a browser or a wing sent; throws ProtocolError. */
export function readFrame(bytes: Uint8Array): IncomingFrame {
  const data = readDataFrame(bytes);
  if (data) return { kind: "data", data };
  const { kind } = parseFrame(bytes);
  switch (kind.case) {
    case "hello":
      return { kind: "hello", hello: kind.value };
    case "open":
      return { kind: "open", open: kind.value };
    case "data":
      return { kind: "data", data: kind.value };
    case "close":
      return { kind: "close", close: kind.value };
    case undefined:
      throw new ProtocolError(`a frame of no known kind, ${WANTED}`);
    default:
      throw new ProtocolError(`a frame of kind ${kind.case}, which only the relay sends; ${WANTED}`);
  }
}

function parseFrame(bytes: Uint8Array): Frame {
  try {
    return fromBinary(FrameSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw new ProtocolError(`a message of ${bytes.length} bytes that is not a Frame of wingthing.relay.v1`, { cause });
  }
}

/** Encodes a frame that is not Data. */
export function encodeFrame(kind: FrameInit): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { kind }));
}
