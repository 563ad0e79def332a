/** Ctrl-\ as a terminal sends it. */
const DETACH_KEY = 0x1c;

/** What a chunk of typed bytes means. */
export interface TypedChunk {
  /** Bytes for the agent. */
  readonly forward: Uint8Array;
  /** The person pressed Ctrl-\ twice in a row: what follows is not for the agent. */
  readonly detach: boolean;
}

/**
 * Finds Ctrl-\ Ctrl-\ in what a person types. A single Ctrl-\ goes to the agent as soon as another key shows that it
 * was not the first half of the pair, so it can still quit a program.
 */
export class DetachKeys {
  #held = false;

  /** Reads a chunk as it came from the terminal. */
  read(chunk: Uint8Array): TypedChunk {
    const out: number[] = [];
    for (const byte of chunk) {
      if (byte === DETACH_KEY && this.#held) {
        this.#held = false;
        return { forward: Uint8Array.from(out), detach: true };
      }
      if (this.#held) out.push(DETACH_KEY);
      this.#held = byte === DETACH_KEY;
      if (!this.#held) out.push(byte);
    }
    return { forward: Uint8Array.from(out), detach: false };
  }
}
