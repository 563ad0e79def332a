import { TunnelProtocolError } from "./tunnel-errors.ts";
import {
  CHANNEL_WINDOW_BYTES,
  MAX_UNSENT_CREDIT_BYTES,
  STREAM_SHARE_BYTES,
  STREAM_WINDOW_BYTES,
} from "./tunnel-limits.ts";

/** What the other end may still send, and the credit that it is owed for what was consumed. */
export class ReceiveWindows {
  /** Bytes received and not credited, by stream. */
  readonly #held = new Map<number, number>();
  #channelHeld = 0;
  #owed = new Map<number, number>();
  #owedBytes = 0;

  /** Bytes came; false when they are more than the stream may. Throws TunnelProtocolError past the channel's window. */
  receive(streamId: number, bytes: number): boolean {
    this.#channelHeld += bytes;
    if (this.#channelHeld > CHANNEL_WINDOW_BYTES) {
      throw new TunnelProtocolError(
        `${this.#channelHeld} bytes came, wanted at most ${CHANNEL_WINDOW_BYTES} unconsumed`,
      );
    }
    const held = (this.#held.get(streamId) ?? 0) + bytes;
    this.#held.set(streamId, held);
    return held <= STREAM_WINDOW_BYTES;
  }

  /** The application consumed bytes; true when their credit is due at once, not with the next batch. */
  consume(streamId: number, bytes: number): boolean {
    if (bytes === 0) return false;
    const owed = (this.#owed.get(streamId) ?? 0) + bytes;
    this.#owed.set(streamId, owed);
    this.#owedBytes += bytes;
    return owed >= STREAM_SHARE_BYTES || this.#owedBytes >= MAX_UNSENT_CREDIT_BYTES;
  }

  /** The credit that is owed, by stream; the caller sends it. */
  takeOwed(): ReadonlyMap<number, number> {
    const owed = this.#owed;
    if (owed.size === 0) return owed;
    this.#owed = new Map();
    this.#owedBytes = 0;
    for (const [streamId, bytes] of owed) {
      const held = (this.#held.get(streamId) ?? 0) - bytes;
      if (held === 0) this.#held.delete(streamId);
      else this.#held.set(streamId, held);
      this.#channelHeld -= bytes;
    }
    return owed;
  }
}
