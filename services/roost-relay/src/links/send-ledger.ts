interface Entry {
  readonly channelId: number;
  bytes: number;
}

/**
 * Whose bytes wait in a socket. A socket sends in order, so what has left is always the oldest: the ledger is a queue of
 * (channel, bytes), cut at the front by the number of bytes that still wait. Empty while the other end keeps up.
 */
export class SendLedger {
  #entries: Entry[] = [];
  #head = 0;
  #recorded = 0;
  readonly #bytesOf = new Map<number, number>();

  /** Bytes of a channel were handed to the socket. */
  record(channelId: number, bytes: number): void {
    this.#recorded += bytes;
    this.#bytesOf.set(channelId, this.bytesOf(channelId) + bytes);
    const last = this.#entries.at(-1);
    if (last?.channelId === channelId && this.#entries.length > this.#head) last.bytes += bytes;
    else this.#entries.push({ channelId, bytes });
  }

  /** The socket says how many bytes still wait; the older ones have left. */
  settle(waitingBytes: number): void {
    if (waitingBytes === 0) this.#clear();
    for (let oldest = this.#entries[this.#head]; oldest; oldest = this.#entries[this.#head]) {
      const surplus = this.#recorded - waitingBytes;
      if (surplus <= 0) break;
      const left = Math.min(oldest.bytes, surplus);
      this.#recorded -= left;
      this.#take(oldest.channelId, left);
      oldest.bytes -= left;
      if (oldest.bytes > 0) break;
      this.#head++;
    }
    this.#compact();
  }

  /** Bytes of a channel that wait, by the last `settle`. */
  bytesOf(channelId: number): number {
    return this.#bytesOf.get(channelId) ?? 0;
  }

  /** Nothing waits, by the last `settle`. */
  get isEmpty(): boolean {
    return this.#recorded === 0;
  }

  #take(channelId: number, bytes: number): void {
    const rest = this.bytesOf(channelId) - bytes;
    if (rest > 0) this.#bytesOf.set(channelId, rest);
    else this.#bytesOf.delete(channelId);
  }

  #clear(): void {
    if (this.#entries.length > 0) this.#entries = [];
    this.#head = 0;
    this.#recorded = 0;
    this.#bytesOf.clear();
  }

  /** Drops the spent front once it is half of the queue: each entry is moved at most once. */
  #compact(): void {
    if (this.#head * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
