import { TunnelProtocolError } from "./tunnel-errors.ts";
import {
  CHANNEL_WINDOW_BYTES,
  MAX_LINGERING_STREAMS,
  MAX_STREAMS,
  POOL_BYTES,
  STREAM_SHARE_BYTES,
  STREAM_WINDOW_BYTES,
} from "./tunnel-limits.ts";

/**
 * What may still be sent: the credit of every stream and of the channel. Each stream has its share to itself; beyond
 * it, a stream may hold at most as much of the common pool as is left in it (the dynamic threshold of shared-memory
 * switches). So streams that nobody reads, however many, never stop the others.
 */
export class SendWindows {
  /** Bytes in flight by stream; streams without any are not in it. */
  readonly #inFlight = new Map<number, number>();
  #channelInFlight = 0;
  #poolUsed = 0;

  /** Bytes that the stream may send now. */
  allowance(streamId: number): number {
    const inFlight = this.#inFlight.get(streamId) ?? 0;
    const ownShare = Math.max(0, STREAM_SHARE_BYTES - inFlight);
    const poolLeft = POOL_BYTES - this.#poolUsed;
    const fromPool = Math.max(0, Math.floor((poolLeft - beyondShare(inFlight)) / 2));
    return Math.min(CHANNEL_WINDOW_BYTES - this.#channelInFlight, STREAM_WINDOW_BYTES - inFlight, ownShare + fromPool);
  }

  /** Bytes were sent; throws TunnelProtocolError when the other end keeps the credit of too many ended streams. */
  take(streamId: number, bytes: number): void {
    const inFlight = this.#inFlight.get(streamId) ?? 0;
    this.#set(streamId, inFlight, inFlight + bytes);
    if (this.#inFlight.size <= MAX_STREAMS + MAX_LINGERING_STREAMS) return;
    throw new TunnelProtocolError(`the credit of ${this.#inFlight.size} streams was never returned`);
  }

  /** The other end consumed bytes; throws TunnelProtocolError when those are more than were sent. */
  give(streamId: number, bytes: number): void {
    const inFlight = this.#inFlight.get(streamId) ?? 0;
    if (bytes > inFlight) {
      throw new TunnelProtocolError(
        `credit for ${bytes} bytes of stream ${streamId}, of which ${inFlight} are in flight`,
      );
    }
    this.#set(streamId, inFlight, inFlight - bytes);
  }

  #set(streamId: number, before: number, after: number): void {
    this.#channelInFlight += after - before;
    this.#poolUsed += beyondShare(after) - beyondShare(before);
    if (after === 0) this.#inFlight.delete(streamId);
    else this.#inFlight.set(streamId, after);
  }
}

function beyondShare(inFlight: number): number {
  return Math.max(0, inFlight - STREAM_SHARE_BYTES);
}
