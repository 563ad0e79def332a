import { BatchSchema, FrameSchema } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { MAX_PLAINTEXT_BYTES } from "@wingthing/sealed-channel/record-cipher";
import { type BytesMessageLayout, bytesMessagePrefix, MAX_PREFIX_BYTES } from "./bytes-message.ts";

const DATA_LAYOUT: BytesMessageLayout = {
  outer: BatchSchema.field.frames.number,
  id: FrameSchema.field.streamId.number,
  bytes: FrameSchema.field.data.number,
};

/** The frames of one record, as they are collected. */
export class OutgoingBatch {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Bytes of data that one more frame may carry; none when it is not positive. */
  get roomForData(): number {
    return MAX_PLAINTEXT_BYTES - this.#bytes - MAX_PREFIX_BYTES;
  }

  /** Adds an encoded frame; false when it belongs into the next batch. A frame alone always fits. */
  add(frame: Uint8Array): boolean {
    if (this.#bytes + frame.length > MAX_PLAINTEXT_BYTES) return false;
    this.#append(frame);
    return true;
  }

  /** Adds a frame with data of at most roomForData bytes. */
  addData(streamId: number, data: Uint8Array): void {
    this.#append(bytesMessagePrefix(DATA_LAYOUT, streamId, data.length));
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
