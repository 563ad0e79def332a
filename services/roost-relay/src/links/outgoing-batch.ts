import type { Writable } from "node:stream";
import { dataFrameBytes, writeDataHeader } from "../frames/data-frame.ts";
import { webSocketHeaderBytes, writeWebSocketHeader } from "../frames/websocket-header.ts";
import { SendLedger } from "./send-ledger.ts";

/** Stands for frames that are not Data. */
const NO_CHANNEL = 0;
/**
 * Payloads from here on are written from where they lie: a copy costs a quarter more CPU (measured at 32 KB). One that
 * waits keeps alive the read of up to 64 KiB in which it came, so smaller ones are copied, and what waits costs at most
 * four times its bytes.
 */
const COPY_BELOW_BYTES = 16_384;

/**
 * Frames of one turn of the event loop, written together: one system call for many small frames, and no small frame
 * that waits keeps alive the buffer in which it came.
 */
export class OutgoingBatch {
  readonly #stream: Writable;
  readonly #ledger = new SendLedger();
  /** Channel of each item; NO_CHANNEL when the item is an encoded frame. */
  #channelIds: number[] = [];
  #items: Uint8Array[] = [];
  #bytes = 0;
  /** Of these, in payloads that are not copied. */
  #largeBytes = 0;

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

  /** Adds a Data frame; the payload must not change until `flush`. */
  addData(channelId: number, payload: Uint8Array): void {
    if (payload.length >= COPY_BELOW_BYTES) this.#largeBytes += payload.length;
    this.#add(channelId, payload, messageBytes(dataFrameBytes(channelId, payload.length)));
  }

  /** Adds an encoded frame. */
  addFrame(frame: Uint8Array): void {
    this.#add(NO_CHANNEL, frame, messageBytes(frame.length));
  }

  /** Writes everything to the stream. */
  flush(): void {
    if (this.#items.length === 0) return;
    this.#stream.cork();
    this.#write();
    this.#stream.uncork();
    this.#channelIds = [];
    this.#items = [];
    this.#bytes = 0;
    this.#largeBytes = 0;
    this.#ledger.settle(this.#stream.writableLength);
  }

  #add(channelId: number, item: Uint8Array, bytes: number): void {
    this.#channelIds.push(channelId);
    this.#items.push(item);
    this.#bytes += bytes;
    this.#ledger.record(channelId, bytes);
  }

  #write(): void {
    const copied = Buffer.allocUnsafe(this.#bytes - this.#largeBytes);
    let written = 0;
    let at = 0;
    for (const [index, item] of this.#items.entries()) {
      const channelId = this.#channelIds[index] ?? NO_CHANNEL;
      at = writeHeaders(copied, at, { channelId, payload: item });
      if (channelId === NO_CHANNEL || item.length < COPY_BELOW_BYTES) {
        copied.set(item, at);
        at += item.length;
        continue;
      }
      this.#stream.write(copied.subarray(written, at));
      this.#stream.write(item);
      written = at;
    }
    if (written < at) this.#stream.write(copied.subarray(written, at));
  }
}

function writeHeaders(target: Buffer, offset: number, item: { channelId: number; payload: Uint8Array }): number {
  const { channelId, payload } = item;
  if (channelId === NO_CHANNEL) return writeWebSocketHeader(target, offset, payload.length);
  const at = writeWebSocketHeader(target, offset, dataFrameBytes(channelId, payload.length));
  return writeDataHeader(target, at, item);
}

function messageBytes(frameBytes: number): number {
  return webSocketHeaderBytes(frameBytes) + frameBytes;
}
