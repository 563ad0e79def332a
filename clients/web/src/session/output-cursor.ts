/** Output that does not follow what was drawn, so the screen would be wrong: the viewer must ask for a snapshot. */
export class OutputGapError extends Error {
  override readonly name = "OutputGapError";
  constructor(expectedSeq: bigint, foundSeq: bigint) {
    super(`output at ${foundSeq} does not follow ${expectedSeq}`);
  }
}

/** Counts the output bytes of a session that this viewer has drawn, so that none is drawn twice and none is missing. */
export class OutputCursor {
  #seq: bigint | undefined;

  /** Seq behind the last byte that was drawn; undefined before the first. */
  get seq(): bigint | undefined {
    return this.#seq;
  }

  /** A snapshot shows everything below `seq`. */
  jumpTo(seq: bigint): void {
    this.#seq = seq;
  }

  /** The part of an Output that is new, empty when all of it was drawn before. Throws OutputGapError. */
  accept(seq: bigint, data: Uint8Array): Uint8Array {
    const expected = this.#seq ?? 0n;
    if (seq > expected) throw new OutputGapError(expected, seq);
    const known = expected - seq;
    if (known >= BigInt(data.byteLength)) return data.subarray(data.byteLength);
    this.#seq = seq + BigInt(data.byteLength);
    return data.subarray(Number(known));
  }

  /** Forgets what was drawn: the next attach asks for a snapshot. */
  forget(): void {
    this.#seq = undefined;
  }
}
