import type { Pty, PtyExit } from "../pty/pty.ts";

/** Turns of the event loop after which a terminal that was to say nothing is believed. */
const QUIET_TURNS = 200;

/** How long a text may take, in ms: less than a test may, so that the failure says what was printed instead. */
const SEES_TIMEOUT_MS = 15_000;

interface Wait {
  readonly text: string;
  readonly seen: () => void;
}

/** Everything that a PTY said, for tests; kills the program when it is disposed. */
export class PtyTranscript implements Disposable {
  readonly pty: Pty;
  /** Resolves with the end. */
  readonly ended: Promise<PtyExit>;
  exits = 0;
  #chunks: Buffer[] = [];
  #afterChunk: () => void = () => {};
  readonly #waiting: Wait[] = [];
  #seenUpTo = 0;

  constructor(pty: Pty) {
    this.pty = pty;
    pty.onData((chunk) => this.#take(chunk));
    this.ended = new Promise((resolve) => {
      pty.onExit((exit) => {
        this.exits++;
        resolve(exit);
      });
    });
  }

  /** All output so far, one character a byte. */
  get text(): string {
    return this.bytes.toString("latin1");
  }

  /** All output so far. */
  get bytes(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** Calls back after each chunk, within its handler. */
  afterEachChunk(callback: () => void): void {
    this.#afterChunk = callback;
  }

  /** Resolves when the text was printed, behind the text that was seen before; rejects with what was printed. */
  sees(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(this.text.slice(-2_000))}`));
      const timer = setTimeout(late, SEES_TIMEOUT_MS);
      const seen = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push({ text, seen });
      this.#tell();
    });
  }

  /** Gives the program every chance to say something. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < QUIET_TURNS; turn++) await new Promise((resolve) => setTimeout(resolve));
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk));
    this.#afterChunk();
    if (this.#waiting.length > 0) this.#tell();
  }

  #tell(): void {
    const text = this.text;
    for (let [first] = this.#waiting; first; [first] = this.#waiting) {
      const at = text.indexOf(first.text, this.#seenUpTo);
      if (at < 0) return;
      this.#seenUpTo = at + first.text.length;
      this.#waiting.shift();
      first.seen();
    }
  }

  [Symbol.dispose](): void {
    this.pty.kill("SIGKILL");
    this.pty.resume();
  }
}
