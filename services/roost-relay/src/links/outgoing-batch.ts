import type { Writable } from "node:stream";
import { dataFrameBytes, writeDataFrame } from "../frames/data-frame.ts";
import { webSocketHeaderBytes, writeWebSocketHeader } from "../frames/websocket-header.ts";
import { SendLedger } from "./send-ledger.ts";

/** Stands for frames that are not Data. */
const NO_CHANNEL = 0;

/**
 * Frames of one turn of the event loop, written as one buffer: a system call for many small frames, and no frame that
 * waits keeps alive the buffer in which it came.
 */
export class OutgoingBatch {
  readonly #stream: Writable;
  readonly #ledger = new SendLedger();
  /** Channel of each item; NO_CHANNEL when the item is an encoded frame. */
  #channelIds: number[] = [];
  #items: Uint8Array[] = [];
  #bytes = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Bytes that wait here and in the stream. */
  get bytesWaiting(): number {
    return this.#bytes + this.#stream.writableLength;
  }

  /** Bytes of one channel among them. */
  bytesWaitingOf(channelId: number): number {
    this.#ledger.settle(this.bytesWaiting);
    return this.#ledger.bytesOf(channelId);
  }

  /** Adds a Data frame; the payload is copied by `flush`. */
  addData(channelId: number, payload: Uint8Array): void {
    this.#add(channelId, payload, messageBytes(dataFrameBytes(channelId, payload.length)));
  }

  /** Adds an encoded frame. */
  addFrame(frame: Uint8Array): void {
    this.#add(NO_CHANNEL, frame, messageBytes(frame.length));
  }

  /** Writes everything to the stream. */
  flush(): void {
    if (this.#items.length === 0) return;
    const messages = Buffer.allocUnsafe(this.#bytes);
    let at = 0;
    for (let index = 0; index < this.#items.length; index++) at = this.#writeItem(messages, at, index);
    this.#channelIds = [];
    this.#items = [];
    this.#bytes = 0;
    this.#stream.write(messages);
    this.#ledger.settle(this.#stream.writableLength);
  }

  #add(channelId: number, item: Uint8Array, bytes: number): void {
    this.#channelIds.push(channelId);
    this.#items.push(item);
    this.#bytes += bytes;
    this.#ledger.record(channelId, bytes);
  }

  #writeItem(target: Buffer, offset: number, index: number): number {
    const payload = this.#items[index];
    const channelId = this.#channelIds[index];
    if (payload === undefined || channelId === undefined) return offset;
    if (channelId !== NO_CHANNEL) {
      const at = writeWebSocketHeader(target, offset, dataFrameBytes(channelId, payload.length));
      return writeDataFrame(target, at, { channelId, payload });
    }
    const at = writeWebSocketHeader(target, offset, payload.length);
    target.set(payload, at);
    return at + payload.length;
  }
}

function messageBytes(frameBytes: number): number {
  return webSocketHeaderBytes(frameBytes) + frameBytes;
}
