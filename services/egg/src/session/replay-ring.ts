/**
 * Output that is kept for viewers that come back, in bytes: some minutes of an agent's drawing, or a second of a flood,
 * which is longer than a relay takes to be replaced.
 */
export const RING_BYTES = 4 * 1024 * 1024;

/** The ring does not hold these bytes. */
export class NotInRingError extends Error {
  override readonly name = "NotInRingError";

  constructor(seq: number, ring: { readonly start: number; readonly end: number }) {
    super(`output byte ${seq} is not kept: the ring holds ${ring.start} to ${ring.end}. Take a snapshot instead.`);
  }
}

/** The newest output, addressed by seq: how many bytes the program wrote before. */
export class ReplayRing {
  readonly #capacity: number;
  readonly #bytes: Buffer;
  #end = 0;

  constructor(capacity = RING_BYTES) {
    this.#capacity = capacity;
    // Not zeroed, so that memory is taken only as far as it was written.
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Seq of the oldest byte that is kept. */
  get start(): number {
    return Math.max(0, this.#end - this.#capacity);
  }

  /** Seq behind the newest byte. */
  get end(): number {
    return this.#end;
  }

  /** How many bytes from `seq` on are gone. */
  missedSince(seq: number): number {
    return Math.max(0, this.start - seq);
  }

  /** Whether everything from `seq` on is kept. */
  holds(seq: number): boolean {
    return seq >= this.start && seq <= this.#end;
  }

  /** Adds output; the chunk is copied. */
  append(chunk: Uint8Array): void {
    // Of a chunk that is larger than the ring, only its end would stay.
    const kept = chunk.subarray(Math.max(0, chunk.byteLength - this.#capacity));
    const at = (this.#end + chunk.byteLength - kept.byteLength) % this.#capacity;
    const untilWrap = Math.min(kept.byteLength, this.#capacity - at);
    this.#bytes.set(kept.subarray(0, untilWrap), at);
    this.#bytes.set(kept.subarray(untilWrap), 0);
    this.#end += chunk.byteLength;
  }

  /** Bytes from `seq` on, at most so many, perhaps fewer; the next append may overwrite them. Throws NotInRingError. */
  view(seq: number, maxBytes: number): Uint8Array {
    if (!this.holds(seq)) throw new NotInRingError(seq, this);
    const at = seq % this.#capacity;
    const length = Math.min(maxBytes, this.#end - seq, this.#capacity - at);
    return this.#bytes.subarray(at, at + length);
  }

  /** A copy of the bytes from `seq` on, at most so many. Throws NotInRingError. */
  read(seq: number, maxBytes: number): Uint8Array {
    const first = this.view(seq, maxBytes);
    const second =
      first.byteLength < maxBytes ? this.view(seq + first.byteLength, maxBytes - first.byteLength) : undefined;
    return second?.byteLength ? Buffer.concat([first, second]) : Buffer.from(first);
  }
}
