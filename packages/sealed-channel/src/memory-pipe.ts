import { Inlet } from "./inlet.ts";
import { type MessagePipe, PIPE_LOW_WATER_BYTES, PipeClosedError, type PipeCloseReason } from "./message-pipe.ts";

/** Messages kept for a handler that is not set yet; a handshake needs one. */
const MAX_HELD_MESSAGES = 64;

/** Two ends of one pipe inside this process; what one end sends, the other receives in a later microtask. */
export function createMessagePipePair(): [MessagePipe, MessagePipe] {
  const left = new MemoryPipeEnd();
  const right = new MemoryPipeEnd();
  left.connect(right);
  right.connect(left);
  return [left, right];
}

class MemoryPipeEnd implements MessagePipe {
  readonly #inlet = new Inlet<Uint8Array, PipeCloseReason>(MAX_HELD_MESSAGES);
  #peer: MemoryPipeEnd | undefined;
  #closed: PipeCloseReason | undefined;
  #inTransit: Uint8Array[] = [];
  #bufferedBytes = 0;
  #waiting: (() => void)[] = [];

  connect(peer: MemoryPipeEnd): void {
    this.#peer = peer;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(message: Uint8Array): void {
    if (this.#closed !== undefined) throw new PipeClosedError(this.#closed);
    if (this.#inTransit.length === 0) void Promise.resolve().then(() => this.#carry());
    this.#inTransit.push(message);
    this.#bufferedBytes += message.length;
  }

  drained(): Promise<void> {
    if (this.#closed !== undefined || this.#bufferedBytes < PIPE_LOW_WATER_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  onMessage(handler: (message: Uint8Array) => void): void {
    this.#inlet.onMessage(handler);
  }

  onClose(handler: (reason: PipeCloseReason) => void): void {
    this.#inlet.onClose(handler);
  }

  close(reason = "closed"): void {
    if (this.#closed !== undefined) return;
    this.#closed = { kind: "closed", text: reason };
    this.#wake();
    this.#inlet.abandon(this.#closed);
    // Behind what is in transit, which #carry takes in the same microtask or an earlier one.
    void Promise.resolve().then(() => this.#peer?.endedByPeer({ kind: "closed", text: reason }));
  }

  /** Receives from the other end. */
  deliver(message: Uint8Array): void {
    if (this.#inlet.push(message)) return;
    const reason: PipeCloseReason = { kind: "lost", text: `nobody reads: ${MAX_HELD_MESSAGES} messages are waiting` };
    this.endedByPeer(reason);
    this.#peer?.endedByPeer(reason);
  }

  /** The other end closed, after everything that it sent. */
  endedByPeer(reason: PipeCloseReason): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#inTransit = [];
    this.#wake();
    this.#inlet.end(reason);
  }

  #carry(): void {
    const messages = this.#inTransit;
    this.#inTransit = [];
    this.#bufferedBytes = 0;
    for (const message of messages) this.#peer?.deliver(message);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
