import type { OutgoingBatch } from "./outgoing-batch.ts";
import type { SendWindows } from "./send-windows.ts";
import { OUTBOX_BYTES } from "./tunnel-limits.ts";

/** How much one turn of a stream may add to a batch. */
export interface Turn {
  readonly batch: OutgoingBatch;
  readonly windows: SendWindows;
  /** Bytes of data at most; 0 when the network has enough to do. */
  readonly dataShare: number;
}

/** The sending half of a stream: its first frame, its data, its last frame, in this order. */
export class Outbox {
  readonly #streamId: number;
  #first: Uint8Array | undefined;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #last: Uint8Array | undefined;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(streamId: number) {
    this.#streamId = streamId;
  }

  /** Whether nothing more can be written: the last frame was set, or the stream ended. */
  get closed(): boolean {
    return this.#closed || this.#last !== undefined;
  }

  /** Whether nothing waits to be sent. */
  get isEmpty(): boolean {
    return this.#first === undefined && this.#chunks.length === 0 && this.#last === undefined;
  }

  /** Whether the first frame was set and is not sent. */
  get firstWaits(): boolean {
    return this.#first !== undefined;
  }

  setFirst(frame: Uint8Array): void {
    if (!this.closed) this.#first = frame;
  }

  /** Adds data. A promise comes back when the writer should wait until there is room again, or the stream ended. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.closed || chunk.length === 0) return undefined;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < OUTBOX_BYTES) return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  setLast(frame: Uint8Array): void {
    if (!this.closed) this.#last = frame;
  }

  /** Drops what waits; nothing more will be sent. */
  close(): void {
    this.#closed = true;
    this.#first = undefined;
    this.#chunks = [];
    this.#bytes = 0;
    this.#last = undefined;
    this.#wakeWriter();
  }

  /** Moves what fits into the batch. `last` says that with it everything was sent. */
  take(turn: Turn): "nothing" | "some" | "last" {
    if (this.#closed) return "nothing";
    const began = this.#takeFirst(turn.batch);
    const moved = this.#takeData(turn) || began;
    const canEnd = this.#first === undefined && this.#chunks.length === 0;
    if (!canEnd || this.#last === undefined || !turn.batch.add(this.#last)) return moved ? "some" : "nothing";
    this.close();
    return "last";
  }

  #takeFirst(batch: OutgoingBatch): boolean {
    if (this.#first === undefined || !batch.add(this.#first)) return false;
    this.#first = undefined;
    return true;
  }

  #takeData({ batch, windows, dataShare }: Turn): boolean {
    if (this.#first !== undefined) return false;
    let left = Math.min(dataShare, windows.allowance(this.#streamId));
    let moved = false;
    while (left > 0) {
      const chunk = this.#chunks[0];
      const room = Math.min(left, batch.roomForData);
      if (chunk === undefined || room <= 0) break;
      const part = chunk.length <= room ? chunk : chunk.subarray(0, room);
      if (part === chunk) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(room);
      batch.addData(this.#streamId, part);
      windows.take(this.#streamId, part.length);
      this.#bytes -= part.length;
      left -= part.length;
      moved = true;
    }
    if (this.#bytes < OUTBOX_BYTES) this.#wakeWriter();
    return moved;
  }

  #wakeWriter(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
