import type { TerminalState } from "../terminal/terminal-state.ts";
import type { ReplayRing } from "./replay-ring.ts";

/** Output that is parsed in one turn of the event loop, in bytes: about a millisecond. */
const SLICE_BYTES = 64 * 1024;

/**
 * Output that may wait for the terminal to parse it, in bytes: some 8 ms of work, which is what a snapshot may have to
 * wait for. Beyond it the program is held up.
 */
export const MAX_LAG_BYTES = 512 * 1024;

/** How far the lag must fall before the program goes on, in bytes. */
export const RESUME_LAG_BYTES = MAX_LAG_BYTES / 4;

/** Holds a program up and lets it go on. */
export interface Brake {
  pause(): void;
  resume(): void;
}

/**
 * Brings the terminal's screen up to what was output, in slices between other work: viewers are served first. It reads
 * the ring, so what waits costs no memory.
 */
export class TerminalFeed {
  readonly #ring: ReplayRing;
  readonly #terminal: TerminalState;
  readonly #brake: Brake;
  #seq = 0;
  #isScheduled = false;
  #isBraking = false;

  constructor(ring: ReplayRing, terminal: TerminalState, brake: Brake) {
    this.#ring = ring;
    this.#terminal = terminal;
    this.#brake = brake;
  }

  /** Bytes that were output and not parsed. */
  get lag(): number {
    return this.#ring.end - this.#seq;
  }

  /** Something was appended to the ring. */
  appended(): void {
    if (!this.#isBraking && this.lag > MAX_LAG_BYTES) {
      this.#isBraking = true;
      this.#brake.pause();
    }
    this.#schedule();
  }

  /** Parses everything now. */
  flush(): void {
    while (this.lag > 0) this.#parse();
    this.#release();
  }

  #schedule(): void {
    if (this.#isScheduled || this.lag === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.lag > 0) this.#parse();
      this.#release();
      this.#schedule();
    });
  }

  #parse(): void {
    const slice = this.#ring.view(this.#seq, SLICE_BYTES);
    this.#seq += slice.byteLength;
    this.#terminal.feed(slice);
  }

  #release(): void {
    if (!this.#isBraking || this.lag > RESUME_LAG_BYTES) return;
    this.#isBraking = false;
    this.#brake.resume();
  }
}
