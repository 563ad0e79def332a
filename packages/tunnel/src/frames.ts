import { create, toBinary } from "@bufbuild/protobuf";
import {
  BatchSchema,
  FrameSchema,
  type Header,
  HeaderSchema,
  type ResetReason,
} from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { HeadersTooLargeError } from "./tunnel-errors.ts";
import { HEADER_OVERHEAD_BYTES, MAX_HEADER_BYTES } from "./tunnel-limits.ts";

type Kind = NonNullable<Parameters<typeof create<typeof FrameSchema>>[1]>["kind"];

// Each function returns a batch of one frame. In protobuf, batches one after the other are one batch of all their frames.

/** Opens a stream; throws HeadersTooLargeError. */
export function openFrame(streamId: number, path: string, headers: Headers): Uint8Array {
  assertHeadersFit(path.length + headerBytes(headers));
  return encode(streamId, { case: "open", value: { path, headers: headerList(headers) } });
}

/** Answers Open; throws HeadersTooLargeError. */
export function headFrame(streamId: number, status: number, headers: Headers): Uint8Array {
  assertHeadersFit(headerBytes(headers));
  return encode(streamId, { case: "head", value: { status, headers: headerList(headers) } });
}

/** Ends one direction; throws HeadersTooLargeError. */
export function endFrame(streamId: number, trailers: Headers): Uint8Array {
  assertHeadersFit(headerBytes(trailers));
  return encode(streamId, { case: "end", value: { trailers: headerList(trailers) } });
}

/** Ends a stream early. */
export function resetFrame(streamId: number, reason: ResetReason): Uint8Array {
  return encode(streamId, { case: "reset", value: { reason } });
}

/** Returns credit. */
export function creditFrame(streamId: number, bytes: number): Uint8Array {
  return encode(streamId, { case: "credit", value: { bytes } });
}

/** Asks for a pong. */
export function pingFrame(nonce: bigint): Uint8Array {
  return encode(0, { case: "ping", value: { nonce } });
}

/** Answers a ping. */
export function pongFrame(nonce: bigint): Uint8Array {
  return encode(0, { case: "pong", value: { nonce } });
}

/** Ends the channel; the reason has at most MAX_REASON_LENGTH characters. */
export function goAwayFrame(reason: string): Uint8Array {
  return encode(0, { case: "goAway", value: { reason } });
}

/** What headers count against MAX_HEADER_BYTES. */
export function headerBytes(headers: Headers): number {
  let bytes = 0;
  headers.forEach((value, name) => {
    bytes += name.length + value.length + HEADER_OVERHEAD_BYTES;
  });
  return bytes;
}

/** Headers of a received frame; throws TypeError for names and values that HTTP does not have. */
export function headersOf(list: readonly Header[]): Headers {
  const headers = new Headers();
  for (const { name, value } of list) headers.append(name, value);
  return headers;
}

function headerList(headers: Headers): Header[] {
  const list: Header[] = [];
  headers.forEach((value, name) => {
    list.push(create(HeaderSchema, { name, value }));
  });
  return list;
}

function assertHeadersFit(bytes: number): void {
  if (bytes > MAX_HEADER_BYTES) throw new HeadersTooLargeError(bytes, MAX_HEADER_BYTES);
}

function encode(streamId: number, kind: Kind): Uint8Array {
  const frame = create(FrameSchema, { streamId, ...(kind === undefined ? {} : { kind }) });
  return toBinary(BatchSchema, create(BatchSchema, { frames: [frame] }));
}
