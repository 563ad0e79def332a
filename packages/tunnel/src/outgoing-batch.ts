import { BatchSchema, FrameSchema } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { MAX_PLAINTEXT_BYTES } from "@wingthing/sealed-channel/record-cipher";

/** Tags and lengths of a data frame at their longest: three tags of one byte, three numbers below 2^32. */
export const MAX_DATA_PREFIX_BYTES = 3 + 3 * 5;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FRAMES_TAG = (BatchSchema.field.frames.number << 3) | LENGTH_DELIMITED;
const STREAM_ID_TAG = (FrameSchema.field.streamId.number << 3) | VARINT;
const DATA_TAG = (FrameSchema.field.data.number << 3) | LENGTH_DELIMITED;

/**
 * The frames of one record, as they are collected. Data is laid out here, not by the generated code, which would copy
 * it four times; the tests hold the two against each other.
 */
export class OutgoingBatch {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Bytes of data that one more frame may carry; none when it is not positive. */
  get roomForData(): number {
    return MAX_PLAINTEXT_BYTES - this.#bytes - MAX_DATA_PREFIX_BYTES;
  }

  /** Adds an encoded frame; false when it belongs into the next batch. A frame alone always fits. */
  add(frame: Uint8Array): boolean {
    if (this.#bytes + frame.length > MAX_PLAINTEXT_BYTES) return false;
    this.#append(frame);
    return true;
  }

  /** Adds a frame with data of at most roomForData bytes. */
  addData(streamId: number, data: Uint8Array): void {
    const frameBytes = 1 + varintBytes(streamId) + 1 + varintBytes(data.length) + data.length;
    const prefix = [FRAMES_TAG];
    pushVarint(prefix, frameBytes);
    prefix.push(STREAM_ID_TAG);
    pushVarint(prefix, streamId);
    prefix.push(DATA_TAG);
    pushVarint(prefix, data.length);
    this.#append(Uint8Array.from(prefix));
    this.#append(data);
  }

  /** The plaintext of the record. */
  encode(): Uint8Array {
    const plaintext = new Uint8Array(this.#bytes);
    let offset = 0;
    for (const part of this.#parts) {
      plaintext.set(part, offset);
      offset += part.length;
    }
    return plaintext;
  }

  #append(part: Uint8Array): void {
    this.#parts.push(part);
    this.#bytes += part.length;
  }
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
