/**
 * Frame{data: Data} of relay.proto, read and written by hand: it is every keystroke and every byte of output, and of it
 * only the channel number changes between the two links. `readDataFrame` knows the one layout that encoders make;
 * whatever looks different goes to the generated codec (see frame-codec.ts), so that both always agree.
 */

/** Field 5 of Frame, length-delimited. */
const TAG_DATA = 0x2a;
/** Field 1 of Data, varint. */
const TAG_CHANNEL_ID = 0x08;
/** Field 2 of Data, length-delimited. */
const TAG_PAYLOAD = 0x12;
/** Bytes of the longest uint32 as a varint. */
const MAX_VARINT_BYTES = 5;

/** Sealed bytes of a channel. */
export interface DataFrame {
  /** Number on the link that it came from; never 0. */
  readonly channelId: number;
  /** A view into the frame. */
  readonly payload: Uint8Array;
}

/** Reads a Data frame in the layout that encoders make; undefined for everything else. */
export function readDataFrame(frame: Uint8Array): DataFrame | undefined {
  if (frame[0] !== TAG_DATA) return undefined;
  const size = readVarint(frame, 1);
  if (size === undefined || size.end + size.value !== frame.length) return undefined;
  if (frame[size.end] !== TAG_CHANNEL_ID) return undefined;
  const channelId = readVarint(frame, size.end + 1);
  if (channelId === undefined || channelId.value === 0) return undefined;
  if (frame[channelId.end] !== TAG_PAYLOAD) return undefined;
  const payload = readVarint(frame, channelId.end + 1);
  if (payload === undefined || payload.end + payload.value !== frame.length) return undefined;
  return { channelId: channelId.value, payload: frame.subarray(payload.end) };
}

/** Bytes of a whole Data frame: its header and the payload. */
export function dataFrameBytes(channelId: number, payloadBytes: number): number {
  const data = dataBytes(channelId, payloadBytes);
  return 1 + varintBytes(data) + data;
}

/** Writes what stands before the payload of a Data frame, at the offset, and returns the offset behind it. */
export function writeDataHeader(target: Uint8Array, offset: number, { channelId, payload }: DataFrame): number {
  let at = offset;
  target[at++] = TAG_DATA;
  at = writeVarint(target, at, dataBytes(channelId, payload.length));
  target[at++] = TAG_CHANNEL_ID;
  at = writeVarint(target, at, channelId);
  target[at++] = TAG_PAYLOAD;
  return writeVarint(target, at, payload.length);
}

function dataBytes(channelId: number, payloadBytes: number): number {
  return 2 + varintBytes(channelId) + varintBytes(payloadBytes) + payloadBytes;
}

interface Varint {
  readonly value: number;
  /** Offset behind it. */
  readonly end: number;
}

function readVarint(bytes: Uint8Array, offset: number): Varint | undefined {
  let value = 0;
  for (let index = 0; index < MAX_VARINT_BYTES; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) return undefined;
    // Multiplied, not shifted: << would turn the 32nd bit into a sign.
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value <= 0xffff_ffff ? { value, end: offset + index + 1 } : undefined;
  }
  return undefined;
}

function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}
