import {
  assertInputFits,
  type Grid,
  MAX_OUTPUT_CHUNK_BYTES,
  type Pty,
  type PtyExit,
  type PtySignal,
} from "../pty/pty.ts";
import { countText, type PtyProgram } from "./pty-program.ts";

/** A PTY in memory, for tests of what stands above it. By default its program echoes; a silent one neither reads nor writes. */
export class EchoPty implements Pty {
  readonly pid = 1;
  readonly #program: PtyProgram | { readonly kind: "silent" };
  #grid: Grid;
  #output: Uint8Array[] = [];
  #queuedInputBytes = 0;
  #exit: PtyExit | undefined;
  #isOver = false;
  #paused = false;
  #isPumping = false;
  #onData: (chunk: Uint8Array) => void = () => {};
  #onExit: (exit: PtyExit) => void = () => {};
  #onInputDrained: () => void = () => {};

  constructor(
    program: PtyProgram | { readonly kind: "silent" } = { kind: "echo" },
    grid: Grid = { columns: 80, rows: 24 },
  ) {
    this.#program = program;
    this.#grid = grid;
    setImmediate(() => this.#begin());
  }

  get queuedInputBytes(): number {
    return this.#queuedInputBytes;
  }

  onData(handler: (chunk: Uint8Array) => void): void {
    this.#onData = handler;
  }

  onExit(handler: (exit: PtyExit) => void): void {
    this.#onExit = handler;
  }

  onInputDrained(handler: () => void): void {
    this.#onInputDrained = handler;
  }

  write(data: Uint8Array): void {
    if (this.#exit || data.byteLength === 0) return;
    assertInputFits(this.#queuedInputBytes, data.byteLength);
    this.#queuedInputBytes += data.byteLength;
    const { kind } = this.#program;
    if (kind !== "never-reads" && kind !== "silent") setImmediate(() => this.#read(data.slice()));
  }

  resize(grid: Grid): void {
    if (this.#exit) return;
    this.#grid = grid;
    if (this.#program.kind === "prints-its-size") this.#printSize();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    setImmediate(() => this.#pump());
  }

  kill(signal: PtySignal): void {
    this.exit({ signal });
  }

  /** The program writes. */
  print(data: Uint8Array | string): void {
    this.#output.push(typeof data === "string" ? Buffer.from(data) : data.slice());
    this.#pump();
  }

  /** The program ends. */
  exit(exit: PtyExit): void {
    this.#exit ??= exit;
    setImmediate(() => this.#pump());
  }

  /** The program reads everything that was typed; for those that do not by themselves. */
  readInput(): void {
    this.#queuedInputBytes = 0;
    this.#onInputDrained();
  }

  /** The grid that was set last. */
  get grid(): Grid {
    return this.#grid;
  }

  #begin(): void {
    switch (this.#program.kind) {
      case "counts":
        this.print(countText(this.#program.to));
        this.exit(this.#program.exit);
        break;
      case "prints-its-size":
        this.#printSize();
        break;
      case "echo":
      case "never-reads":
        this.print("ready\n");
        break;
      case "silent":
        break;
    }
  }

  #printSize(): void {
    this.print(`${this.#grid.columns}x${this.#grid.rows}\r\n`);
  }

  #read(data: Uint8Array): void {
    this.#queuedInputBytes -= data.byteLength;
    if (this.#program.kind === "echo") this.print(data);
    if (this.#queuedInputBytes === 0) this.#onInputDrained();
  }

  #pump(): void {
    if (this.#isPumping || this.#isOver) return;
    this.#isPumping = true;
    for (let chunk = this.#next(); chunk; chunk = this.#next()) this.#onData(chunk);
    this.#isPumping = false;
    if (!this.#exit || this.#paused || this.#output.length > 0) return;
    this.#isOver = true;
    this.#onExit(this.#exit);
  }

  #next(): Uint8Array | undefined {
    const first = this.#paused ? undefined : this.#output.shift();
    if (!first || first.byteLength <= MAX_OUTPUT_CHUNK_BYTES) return first;
    this.#output.unshift(first.subarray(MAX_OUTPUT_CHUNK_BYTES));
    return first.subarray(0, MAX_OUTPUT_CHUNK_BYTES);
  }
}
