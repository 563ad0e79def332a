/** One Input message, as terminal.proto limits it. */
export const MAX_INPUT_BYTES = 64 * 1024;
/** Input that the egg has not taken over yet. A long paste fits; beyond it a person is told, instead of a tab that grows. */
export const MAX_PENDING_BYTES = 4 * 1024 * 1024;

/** More input waits for the egg than a page may hold. */
export class InputFullError extends Error {
  override readonly name = "InputFullError";
  constructor(pendingBytes: number, wantedBytes: number) {
    super(
      `${wantedBytes} bytes of input do not fit: ${pendingBytes} of ${MAX_PENDING_BYTES} wait for the session already; ` +
        "try again when it reads on",
    );
  }
}

/** The egg expects input that was already let go, so it does not know this viewer. */
export class InputGapError extends Error {
  override readonly name = "InputGapError";
  constructor(expectedSeq: bigint, firstKeptSeq: bigint) {
    super(`the session expects input from ${expectedSeq} on, but only ${firstKeptSeq} and later is kept`);
  }
}

/** One Input to send. */
export interface InputChunk {
  readonly seq: bigint;
  readonly data: Uint8Array;
}

/**
 * What a person typed and the egg has not taken over yet. `seq` counts the bytes of this viewer, so that each is
 * applied exactly once whatever breaks in between: what was not accepted is sent again, what was is dropped.
 */
export class InputLedger {
  /** Seq of the first kept byte. */
  #base = 0n;
  /** Bytes from #base on, as they were typed. */
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;
  /** How many of the kept bytes were sent on this attach. */
  #sentBytes = 0;

  /** Bytes that the egg has not taken over. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether `nextChunk` has something to send. */
  get hasUnsent(): boolean {
    return this.#sentBytes < this.#pendingBytes;
  }

  /** Adds typed bytes; throws InputFullError and takes none of them when they do not fit. */
  append(data: Uint8Array): void {
    if (data.byteLength === 0) return;
    if (this.#pendingBytes + data.byteLength > MAX_PENDING_BYTES) {
      throw new InputFullError(this.#pendingBytes, data.byteLength);
    }
    this.#pieces.push(data);
    this.#pendingBytes += data.byteLength;
  }

  /** The next bytes to send, as many as one message takes, or undefined when all were sent. */
  nextChunk(): InputChunk | undefined {
    if (!this.hasUnsent) return undefined;
    const seq = this.#base + BigInt(this.#sentBytes);
    const data = this.#slice(this.#sentBytes, MAX_INPUT_BYTES);
    this.#sentBytes += data.byteLength;
    return { seq, data };
  }

  /** The egg took over everything below `seq`. */
  accepted(seq: bigint): void {
    const drop = Number(seq - this.#base);
    if (drop <= 0) return;
    this.#dropFirst(Math.min(drop, this.#pendingBytes));
  }

  /** A new attach stands and the egg expects `seq` next: what lies below is done, the rest goes out again. */
  resume(seq: bigint): void {
    const end = this.#base + BigInt(this.#pendingBytes);
    if (seq < this.#base || seq > end) throw new InputGapError(seq, this.#base);
    this.accepted(seq);
    this.#sentBytes = 0;
  }

  /** Starts to count from 0, for a new client id, with what is still kept. */
  restart(): void {
    this.#base = 0n;
    this.#sentBytes = 0;
  }

  #dropFirst(count: number): void {
    let left = count;
    while (left > 0) {
      const first = this.#pieces[0];
      if (first === undefined) break;
      if (first.byteLength > left) {
        this.#pieces[0] = first.subarray(left);
        left = 0;
      } else {
        this.#pieces.shift();
        left -= first.byteLength;
      }
    }
    this.#base += BigInt(count);
    this.#pendingBytes -= count;
    this.#sentBytes = Math.max(0, this.#sentBytes - count);
  }

  #slice(from: number, maxBytes: number): Uint8Array {
    const out = new Uint8Array(Math.min(maxBytes, this.#pendingBytes - from));
    let skip = from;
    let filled = 0;
    for (const piece of this.#pieces) {
      if (filled === out.byteLength) break;
      const part = piece.subarray(Math.min(skip, piece.byteLength), skip + out.byteLength - filled);
      skip = Math.max(0, skip - piece.byteLength);
      out.set(part, filled);
      filled += part.byteLength;
    }
    return out;
  }
}
