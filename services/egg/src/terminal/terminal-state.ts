import type { Terminal } from "@xterm/headless";
import { BELL_REASON, plainText, reasonOfOsc9, reasonOfOsc777 } from "./attention.ts";
import { createCell, createHeadlessTerminal, type HeadlessCore, parseHeadlessCore } from "./headless-core.ts";
import { drawSnapshot } from "./snapshot.ts";
import { TerminalColors } from "./terminal-colors.ts";
import { UnfinishedSequence } from "./unfinished-sequence.ts";

/**
 * Lines kept above the screen. A growing terminal pulls them back into view as every terminal does, so they must be
 * there; the most that a screen can grow by is this much.
 */
const SCROLLBACK_LINES = 1_000;

/** Longest title that is passed on, in characters. */
const MAX_TITLE_LENGTH = 200;

/** Longest preview, in characters: a line of a list. */
const MAX_PREVIEW_LENGTH = 200;

/** What the terminal tells after it was fed: never in the middle of it, so that whoever listens may use it at once. */
export interface TerminalStateEvents {
  /** An answer that the program asked for: cursor position, abilities, colours. It is typed into the PTY. */
  onReply(text: string): void;
  /** The program set another title. */
  onTitle(title: string): void;
  /** The program wants a person: the bell, OSC 9 or OSC 777. */
  onAttention(reason: string): void;
  /** Output broke the terminal library; the rest of the chunk was dropped from the screen, never from a viewer. */
  onFault(error: unknown): void;
}

/** The screen of a session, kept up to date by the same library that draws it in the browser. */
export class TerminalState {
  readonly #terminal: Terminal;
  readonly #core: HeadlessCore;
  readonly #events: TerminalStateEvents;
  readonly #unfinished = new UnfinishedSequence();
  readonly #colors: TerminalColors;
  #title = "";
  /** What is to be told once the chunk is parsed. */
  #reply = "";
  #newTitle: string | undefined;
  #newReason: string | undefined;

  constructor(grid: { readonly columns: number; readonly rows: number }, events: TerminalStateEvents) {
    this.#terminal = createHeadlessTerminal({ ...grid, scrollback: SCROLLBACK_LINES });
    this.#core = parseHeadlessCore(this.#terminal);
    this.#events = events;
    this.#colors = new TerminalColors((text) => this.#answer(text));
    this.#listen();
  }

  /** Title that the program set. */
  get title(): string {
    return this.#title;
  }

  /** The last line with text on it. */
  get preview(): string {
    const { active } = this.#terminal.buffer;
    for (let row = this.#terminal.rows - 1; row >= 0; row--) {
      const text = active
        .getLine(active.baseY + row)
        ?.translateToString(true)
        .trim();
      if (text) return plainText(text, MAX_PREVIEW_LENGTH);
    }
    return "";
  }

  /** Parses output, at once. */
  feed(chunk: Uint8Array): void {
    const { _inputHandler: parser } = this.#core;
    try {
      parser.parse(chunk);
    } catch (error) {
      parser._parser.reset();
      this.#events.onFault(error);
    }
    this.#unfinished.parsed(chunk, parser._parser.currentState);
    this.#tell();
  }

  /** Changes the grid; the margins become the whole screen. */
  resize(grid: { readonly columns: number; readonly rows: number }): void {
    this.#terminal.resize(grid.columns, grid.rows);
  }

  /** Escape sequences that put any terminal of this grid into the present state; see `drawSnapshot`. */
  snapshot(): Uint8Array {
    const { cols: columns, rows, options } = this.#terminal;
    const drawn = drawSnapshot({
      core: this.#core,
      createCell: () => createCell(this.#terminal),
      grid: { columns, rows },
      options: { convertEol: options.convertEol ?? false, cursorBlink: options.cursorBlink ?? false },
      extras: `\x1b]2;${this.#title}\x1b\\${this.#colors.sequences()}`,
    });
    return Buffer.concat([Buffer.from(drawn), this.#unfinished.tail()]);
  }

  /** Frees the terminal. */
  dispose(): void {
    this.#terminal.dispose();
  }

  #listen(): void {
    const { parser } = this.#terminal;
    this.#terminal.onData((text) => this.#answer(text));
    this.#terminal.onBell(() => this.#wants(BELL_REASON));
    this.#terminal.onTitleChange((title) => this.#setTitle(plainText(title, MAX_TITLE_LENGTH)));
    parser.registerOscHandler(9, (data) => this.#wants(reasonOfOsc9(data)));
    parser.registerOscHandler(777, (data) => this.#wants(reasonOfOsc777(data)));
    for (const number of [10, 11, 12]) {
      parser.registerOscHandler(number, (data) => {
        this.#colors.take(number, data);
        return true;
      });
      parser.registerOscHandler(number + 100, () => {
        this.#colors.reset(number + 100);
        return true;
      });
    }
  }

  #answer(text: string): void {
    this.#reply += text;
  }

  #setTitle(title: string): void {
    if (title === this.#title) return;
    this.#title = title;
    this.#newTitle = title;
  }

  #wants(reason: string | undefined): true {
    this.#newReason = reason ?? this.#newReason;
    return true;
  }

  #tell(): void {
    const [reply, title, reason] = [this.#reply, this.#newTitle, this.#newReason];
    this.#reply = "";
    this.#newTitle = undefined;
    this.#newReason = undefined;
    if (reply !== "") this.#events.onReply(reply);
    if (title !== undefined) this.#events.onTitle(title);
    if (reason !== undefined) this.#events.onAttention(reason);
  }
}
