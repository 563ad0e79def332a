import { PIPE_LOW_WATER_BYTES } from "@wingthing/sealed-channel/message-pipe";
import type { SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { creditFrame } from "./frames.ts";
import type { MuxStream } from "./mux-stream.ts";
import { OutgoingBatch } from "./outgoing-batch.ts";
import type { ReceiveWindows } from "./receive-windows.ts";
import { SendWindows } from "./send-windows.ts";
import { PeerFellBehindError } from "./tunnel-errors.ts";
import { MAX_BACKLOG_BYTES } from "./tunnel-limits.ts";

/**
 * Microtasks between the first frame and the record that carries it. A response's head, data and end come out of
 * Connect's generators that far apart: this many make one record of each request and response, fewer make two or three.
 * They cost 2 µs, a record costs ten.
 */
const FLUSH_MICROTASKS = 32;

/** Collects frames of one turn into records: first those that cannot wait, then the streams', in turns. */
export class FrameSender {
  readonly #channel: SealedChannel;
  readonly #owed: ReceiveWindows;
  readonly #onFailure: (error: Error) => void;
  readonly #windows = new SendWindows();
  #urgent: Uint8Array[] = [];
  /** Streams with something to send; whoever was served goes to the end. */
  readonly #sending = new Set<MuxStream>();
  #microtasksLeft = 0;
  #draining = false;
  #stopped = false;

  constructor(channel: SealedChannel, owed: ReceiveWindows, onFailure: (error: Error) => void) {
    this.#channel = channel;
    this.#owed = owed;
    this.#onFailure = onFailure;
  }

  /** Sends a frame in the next record, before any stream's. */
  sendUrgent(frame: Uint8Array): void {
    this.#urgent.push(frame);
    this.flushSoon();
  }

  /** The stream has something to send. */
  schedule(stream: MuxStream): void {
    if (stream.outbox.isEmpty) return;
    this.#sending.add(stream);
    this.flushSoon();
  }

  /** The stream has ended: nothing of it is sent any more. */
  forget(stream: MuxStream): void {
    this.#sending.delete(stream);
  }

  /** The other end consumed bytes; throws TunnelProtocolError when those are more than were sent. */
  giveCredit(streamId: number, bytes: number): void {
    this.#windows.give(streamId, bytes);
    if (this.#sending.size > 0) this.flushSoon();
  }

  /** Sends what is there at the end of this run of microtasks. */
  flushSoon(): void {
    if (this.#microtasksLeft > 0 || this.#stopped) return;
    this.#microtasksLeft = FLUSH_MICROTASKS;
    queueMicrotask(this.#countDown);
  }

  /** Sends what may be sent now. */
  flush(): void {
    for (const [streamId, bytes] of this.#owed.takeOwed()) this.#urgent.push(creditFrame(streamId, bytes));
    while (!this.#stopped && this.#sendBatch()) {
      // Each round sends one record; credit or the network ends them.
    }
  }

  /** The channel has ended. */
  stop(): void {
    this.#stopped = true;
    this.#urgent = [];
    this.#sending.clear();
  }

  readonly #countDown = (): void => {
    this.#microtasksLeft -= 1;
    if (this.#microtasksLeft > 0) queueMicrotask(this.#countDown);
    else if (!this.#stopped) this.#flushOrFail();
  };

  #flushOrFail(): void {
    try {
      this.flush();
    } catch (error) {
      this.#onFailure(error instanceof Error ? error : new Error("sending failed", { cause: error }));
    }
  }

  #sendBatch(): boolean {
    const batch = new OutgoingBatch();
    this.#addUrgent(batch);
    this.#addStreams(batch);
    if (batch.isEmpty) return false;
    this.#channel.send(batch.encode());
    const backlog = this.#channel.bufferedBytes;
    if (backlog > MAX_BACKLOG_BYTES) this.#onFailure(new PeerFellBehindError(backlog, MAX_BACKLOG_BYTES));
    return true;
  }

  #addUrgent(batch: OutgoingBatch): void {
    let added = 0;
    for (const frame of this.#urgent) {
      if (!batch.add(frame)) break;
      added += 1;
    }
    this.#urgent.splice(0, added);
  }

  #addStreams(batch: OutgoingBatch): void {
    if (this.#sending.size === 0) return;
    const networkBusy = this.#channel.bufferedBytes >= PIPE_LOW_WATER_BYTES;
    if (networkBusy) this.#flushWhenDrained();
    const dataShare = networkBusy ? 0 : Math.max(1, Math.floor(batch.roomForData / this.#sending.size));
    for (const stream of [...this.#sending]) this.#addStream(stream, batch, dataShare);
  }

  #addStream(stream: MuxStream, batch: OutgoingBatch, dataShare: number): void {
    const moved = stream.outbox.take({ batch, windows: this.#windows, dataShare });
    if (moved === "nothing") return;
    this.#sending.delete(stream);
    if (!stream.outbox.isEmpty) this.#sending.add(stream);
    if (moved === "last") stream.lastFrameSent();
  }

  #flushWhenDrained(): void {
    if (this.#draining) return;
    this.#draining = true;
    void this.#channel.drained().then(() => {
      this.#draining = false;
      if (this.#sending.size > 0) this.flushSoon();
    });
  }
}
