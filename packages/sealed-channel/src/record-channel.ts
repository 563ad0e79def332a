import { AEAD_TAG_BYTES } from "./aead.ts";
import {
  ChannelClosedError,
  type ChannelCloseReason,
  PlaintextTooLongError,
  RecordRejectedError,
} from "./channel-errors.ts";
import { Inlet } from "./inlet.ts";
import { type MessagePipe, PipeClosedError, type PipeCloseReason } from "./message-pipe.ts";
import { OrderedResults } from "./ordered-results.ts";
import { MAX_PLAINTEXT_BYTES, MAX_RECORD_BYTES, type RecordCipher } from "./record-cipher.ts";

/** Plaintexts kept for a handler that is not set yet; after a handshake only a few small ones can come. */
export const MAX_HELD_PLAINTEXTS = 64;
/** Records that are being opened: four times what an honest end may have in flight under the tunnel's credit. */
export const MAX_OPENING_BYTES = 4 * 1024 * 1024;

/** What a finished handshake leaves. */
export interface RecordChannelOptions {
  readonly pipe: MessagePipe;
  readonly outbound: RecordCipher;
  readonly inbound: RecordCipher;
  readonly handshakeHash: Uint8Array;
  readonly channelBinding: Uint8Array;
  readonly peerAbilities: readonly string[];
}

/** Records over a pipe whose handlers call `receive` and `pipeEnded`. It is the SealedChannel of both ends. */
export class RecordChannel {
  readonly handshakeHash: Uint8Array;
  readonly channelBinding: Uint8Array;
  readonly peerAbilities: readonly string[];
  readonly #pipe: MessagePipe;
  readonly #outbound: RecordCipher;
  readonly #inbound: RecordCipher;
  readonly #inlet = new Inlet<Uint8Array, ChannelCloseReason>(MAX_HELD_PLAINTEXTS);
  readonly #sealing: OrderedResults;
  readonly #opening: OrderedResults;
  #ending: ChannelCloseReason | undefined;

  constructor(options: RecordChannelOptions) {
    this.handshakeHash = options.handshakeHash;
    this.channelBinding = options.channelBinding;
    this.peerAbilities = options.peerAbilities;
    this.#pipe = options.pipe;
    this.#outbound = options.outbound;
    this.#inbound = options.inbound;
    this.#sealing = new OrderedResults({
      deliver: (record) => this.#sendRecord(record),
      fail: (cause) => this.fail(asError(cause)),
    });
    this.#opening = new OrderedResults({
      deliver: (plaintext) => this.#deliver(plaintext),
      fail: (cause) => this.#rejectUnauthentic(cause),
    });
  }

  get bufferedBytes(): number {
    return this.#pipe.bufferedBytes + this.#sealing.pendingBytes;
  }

  drained(): Promise<void> {
    if (this.#sealing.pendingBytes === 0) return this.#pipe.drained();
    return new Promise((resolve) => this.#sealing.whenIdle(() => resolve(this.#pipe.drained())));
  }

  onMessage(handler: (plaintext: Uint8Array) => void): void {
    this.#inlet.onMessage(handler);
  }

  onClose(handler: (reason: ChannelCloseReason) => void): void {
    this.#inlet.onClose(handler);
  }

  send(plaintext: Uint8Array): void {
    if (this.#ending !== undefined) throw new ChannelClosedError(this.#ending);
    if (plaintext.length > MAX_PLAINTEXT_BYTES) throw new PlaintextTooLongError(plaintext.length, MAX_PLAINTEXT_BYTES);
    this.#sealing.push(this.#outbound.seal(plaintext), plaintext.length);
  }

  close(reason = "closed"): void {
    if (this.#ending !== undefined) return;
    this.#ending = { kind: "closed", text: reason };
    this.#opening.stop();
    this.#inlet.abandon(this.#ending);
    this.#sealing.whenIdle(() => this.#pipe.close(reason));
  }

  fail(error: Error): void {
    if (this.#ending !== undefined) return;
    this.#ending = { kind: "failed", text: error.message, error };
    this.#opening.stop();
    this.#inlet.abandon(this.#ending);
    // Only the name of the error: this text is not sealed.
    this.#sealing.whenIdle(() => this.#pipe.close(`the other end found: ${error.name}`));
  }

  /** The next message of the pipe. */
  receive(record: Uint8Array): void {
    if (this.#ending !== undefined) return;
    const misfit = this.#misfit(record);
    if (misfit === undefined) this.#open(record);
    else this.fail(misfit);
  }

  /** The pipe has ended; records that are still being opened come first. */
  pipeEnded(reason: PipeCloseReason): void {
    this.#sealing.stop();
    this.#opening.whenIdle(() => {
      if (this.#ending !== undefined) return;
      this.#ending = reason;
      this.#inlet.end(reason);
    });
  }

  #sendRecord(record: Uint8Array): void {
    try {
      this.#pipe.send(record);
    } catch (error) {
      // The pipe may tell its end a little later than it stops taking messages; pipeEnded follows.
      if (!(error instanceof PipeClosedError)) throw error;
    }
  }

  #open(record: Uint8Array): void {
    let plaintext: Uint8Array | Promise<Uint8Array>;
    try {
      plaintext = this.#inbound.open(record);
    } catch (cause) {
      this.#rejectUnauthentic(cause);
      return;
    }
    this.#opening.push(plaintext, record.length);
  }

  #misfit(record: Uint8Array): RecordRejectedError | undefined {
    const { length } = record;
    if (length < AEAD_TAG_BYTES) {
      return new RecordRejectedError("too-short", `a record of ${length} bytes, wanted at least ${AEAD_TAG_BYTES}`);
    }
    if (length > MAX_RECORD_BYTES) {
      return new RecordRejectedError("too-long", `a record of ${length} bytes, wanted at most ${MAX_RECORD_BYTES}`);
    }
    if (this.#opening.pendingBytes + length > MAX_OPENING_BYTES) {
      return new RecordRejectedError("overrun", `more than ${MAX_OPENING_BYTES} bytes of records wait to be opened`);
    }
    return undefined;
  }

  #deliver(plaintext: Uint8Array): void {
    if (this.#inlet.push(plaintext)) return;
    this.fail(new RecordRejectedError("overrun", `nobody reads: ${MAX_HELD_PLAINTEXTS} records are waiting`));
  }

  #rejectUnauthentic(cause: unknown): void {
    const message =
      "a record was altered, lost, repeated, moved or meant for another channel on its way: open a new channel";
    this.fail(new RecordRejectedError("unauthentic", message, { cause }));
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error("the cipher failed", { cause });
}
