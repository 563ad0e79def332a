import { stripVTControlCharacters } from "node:util";
import { type IPty, spawn } from "@lydell/node-pty";
import { waitUntil } from "./wait-until.ts";

/** Most output that is kept for a look at it, in characters. */
const MAX_KEPT_OUTPUT = 1024 * 1024;

/** A command in a real terminal of its own, as a person runs it. */
export class TerminalProcess implements Disposable {
  readonly #pty: IPty;
  /** Resolves with the exit code. */
  readonly exited: Promise<number>;
  #output = "";

  constructor(argv: readonly string[], options: { cwd: string; env: Record<string, string> }) {
    const [file = "", ...args] = argv;
    this.#pty = spawn(file, args, { cols: 100, rows: 30, name: "xterm-256color", ...options });
    this.#pty.onData((chunk) => {
      this.#output = (this.#output + chunk).slice(-MAX_KEPT_OUTPUT);
    });
    this.exited = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** Everything that was written so far, without escape sequences. */
  get text(): string {
    return stripVTControlCharacters(this.#output);
  }

  /** Types. */
  type(text: string): void {
    this.#pty.write(text);
  }

  /** Changes the window. */
  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
  }

  /** Waits until the text was written. */
  async sees(text: string): Promise<void> {
    await waitUntil(`the terminal shows ${JSON.stringify(text)}`, () => this.text.includes(text) || undefined).catch(
      (error: Error) => {
        throw new Error(`${error.message}; it showed:\n${this.text.slice(-3000)}`);
      },
    );
  }

  [Symbol.dispose](): void {
    try {
      this.#pty.kill("SIGKILL");
    } catch {
      // It ended already.
    }
  }
}
