/** Field numbers of a message inside a message: `outer { id, bytes }`. All are below 16, so a tag takes one byte. */
export interface BytesMessageLayout {
  readonly outer: number;
  readonly id: number;
  readonly bytes: number;
}

/** The most bytes before the payload: three tags of one byte, three numbers below 2^32. */
export const MAX_PREFIX_BYTES = 3 + 3 * 5;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * What protobuf puts before the payload of `outer { id, bytes }`; the payload follows as it is. The generated code
 * would copy a payload four times. The tests hold the two against each other.
 */
export function bytesMessagePrefix(layout: BytesMessageLayout, id: number, payloadBytes: number): Uint8Array {
  const outerBytes = 1 + varintBytes(id) + 1 + varintBytes(payloadBytes) + payloadBytes;
  const prefix = [(layout.outer << 3) | LENGTH_DELIMITED];
  pushVarint(prefix, outerBytes);
  prefix.push((layout.id << 3) | VARINT);
  pushVarint(prefix, id);
  prefix.push((layout.bytes << 3) | LENGTH_DELIMITED);
  pushVarint(prefix, payloadBytes);
  return Uint8Array.from(prefix);
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}
