import type { Grid } from "../pty/pty.ts";
import { TerminalState, type TerminalStateEvents } from "../terminal/terminal-state.ts";
import { ReplayRing } from "./replay-ring.ts";
import { type Brake, TerminalFeed } from "./terminal-feed.ts";

/** The screen at one point of the output. */
export interface ScreenSnapshot {
  /** Output bytes that it shows. */
  readonly seq: number;
  /** Escape sequences that draw it. */
  readonly data: Uint8Array;
  readonly grid: Grid;
}

/** What is made when a screen is. */
export interface ScreenOptions {
  readonly grid: Grid;
  readonly events: TerminalStateEvents;
  /** Holds the program up while the terminal lags. */
  readonly brake: Brake;
}

/** What a program wrote: the newest bytes as they were, and the screen that all of them make. */
export class Screen {
  readonly ring = new ReplayRing();
  readonly #terminal: TerminalState;
  readonly #feed: TerminalFeed;
  #grid: Grid;
  #latest: ScreenSnapshot | undefined;
  #lastResize: ScreenSnapshot | undefined;

  constructor({ grid, events, brake }: ScreenOptions) {
    this.#grid = grid;
    this.#terminal = new TerminalState(grid, events);
    this.#feed = new TerminalFeed(this.ring, this.#terminal, brake);
  }

  /** The grid now. */
  get grid(): Grid {
    return this.#grid;
  }

  /** Title that the program set. */
  get title(): string {
    return this.#terminal.title;
  }

  /** The last line with text on it. */
  get preview(): string {
    this.#feed.flush();
    return this.#terminal.preview;
  }

  /** The screen right after the grid changed last; output before it was written for another grid. */
  get lastResize(): ScreenSnapshot | undefined {
    return this.#lastResize;
  }

  /** Takes output in; the chunk is copied. */
  append(chunk: Uint8Array): void {
    this.ring.append(chunk);
    this.#feed.appended();
  }

  /** Parses what waits. */
  settle(): void {
    this.#feed.flush();
  }

  /** The screen now. Several viewers that ask at the same point share one. */
  snapshot(): ScreenSnapshot {
    this.#feed.flush();
    const seq = this.ring.end;
    if (this.#latest?.seq !== seq || this.#latest.grid !== this.#grid) {
      this.#latest = { seq, data: this.#terminal.snapshot(), grid: this.#grid };
    }
    return this.#latest;
  }

  /** Changes the grid between two bytes of output, and says what the screen looks like then. */
  resize(grid: Grid): ScreenSnapshot {
    this.#feed.flush();
    this.#terminal.resize(grid);
    this.#grid = grid;
    this.#lastResize = this.snapshot();
    return this.#lastResize;
  }

  /** Frees the terminal. */
  close(): void {
    this.#terminal.dispose();
  }
}
