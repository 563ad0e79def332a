import type { ChildProcess } from "node:child_process";
import { closeSync, readSync } from "node:fs";
import type { Socket } from "node:net";
import { openMasterSocket } from "./master-socket.ts";
import { type OpenedPty, resizeNativePty } from "./native-pty.ts";
import { assertInputFits, type Grid, MAX_OUTPUT_CHUNK_BYTES, type Pty, type PtyExit, type PtySignal } from "./pty.ts";
import { processesOfSession, signalSession } from "./session-processes.ts";

/**
 * Most bytes that are read after the end, in bytes. The kernel holds at most some 12 KiB for a terminal; more can only
 * come from a process that left the session and still writes, and that must not keep the terminal alive for ever.
 */
const MAX_TAIL_BYTES = 1024 * 1024;

/**
 * `running` reads by events; `ended` knows how the program ended and reads what is left, unless paused; `closed` has
 * told the end.
 */
type Life =
  | { readonly kind: "running" }
  | { readonly kind: "ended"; readonly exit: PtyExit }
  | { readonly kind: "closed" };

function exitOf(code: number | null, signal: NodeJS.Signals | null): PtyExit {
  return signal !== null ? { signal } : { code: code ?? 0 };
}

/** A child and the terminal that it will open. */
export interface SpawnedOnPty {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The child's standard input. */
  readonly pipe: Socket;
  readonly opened: OpenedPty;
}

/** The terminal's end of a PTY whose program is a child process. The slave stays open here until the tail is read. */
export class NativePtyMaster implements Pty {
  readonly pid: number;
  readonly #opened: OpenedPty;
  readonly #stream: Socket;
  /** One buffer for all reads: what a chunk's handler keeps, it copies. */
  readonly #buffer = Buffer.allocUnsafeSlow(MAX_OUTPUT_CHUNK_BYTES);
  #life: Life = { kind: "running" };
  #paused = false;
  #isOpen = true;
  #tailBytes = 0;
  #onData: (chunk: Uint8Array) => void = () => {};
  #onExit: (exit: PtyExit) => void = () => {};
  #onInputDrained: () => void = () => {};

  constructor({ child, pid, pipe, opened }: SpawnedOnPty) {
    this.pid = pid;
    this.#opened = opened;
    const onRead = (length: number) => this.#take(length);
    this.#stream = openMasterSocket({ master: opened.master, pipe, buffer: this.#buffer, onRead });
    this.#stream.on("error", () => {}); // the slave is held open, so only closing it ends in an error
    this.#stream.on("close", () => {
      this.#isOpen = false;
    });
    this.#stream.resume();
    child.on("exit", (code, signal) => this.#ended(exitOf(code, signal)));
  }

  get queuedInputBytes(): number {
    return this.#stream.writableLength;
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
    if (this.#life.kind !== "running" || data.byteLength === 0) return;
    assertInputFits(this.queuedInputBytes, data.byteLength);
    this.#stream.write(data, () => {
      if (this.#stream.writableLength === 0) this.#onInputDrained();
    });
  }

  resize(grid: Grid): void {
    if (this.#life.kind === "running" && this.#isOpen) resizeNativePty(this.#opened.master, grid);
  }

  pause(): void {
    this.#paused = true;
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#life.kind === "running") this.#stream.resume();
    // Not from within the caller's own handler: a resumed terminal hands out bytes at once.
    else setImmediate(() => this.#readTail());
  }

  kill(signal: PtySignal): void {
    // After the end the number may belong to somebody else.
    if (this.#life.kind === "running") signalSession(this.pid, signal);
  }

  #take(length: number): boolean {
    this.#onData(this.#buffer.subarray(0, length));
    return !this.#paused;
  }

  #ended(exit: PtyExit): void {
    if (this.#life.kind !== "running") return;
    // What the program left behind ends with it; nothing may write behind the last byte.
    if (processesOfSession(this.pid).length > 0) signalSession(this.pid, "SIGKILL");
    this.#life = { kind: "ended", exit };
    this.#stream.pause();
    this.#readTail();
  }

  /**
   * Reads to the point where the kernel says that there is nothing more; it flushes its own buffers before it says so.
   * Then, and not while paused, the end is told.
   */
  #readTail(): void {
    if (this.#life.kind !== "ended") return;
    while (!this.#paused) {
      const length = this.#isOpen && this.#tailBytes < MAX_TAIL_BYTES ? this.#readNow() : 0;
      if (length === 0) {
        this.#close(this.#life.exit);
        return;
      }
      this.#tailBytes += length;
      this.#take(length);
    }
  }

  #readNow(): number {
    try {
      return readSync(this.#opened.master, this.#buffer, 0, this.#buffer.byteLength, null);
    } catch {
      return 0; // EAGAIN: everything is read. EIO: likewise, and nobody holds the slave.
    }
  }

  #close(exit: PtyExit): void {
    this.#life = { kind: "closed" };
    closeSync(this.#opened.slave);
    this.#stream.destroy();
    this.#onExit(exit);
  }
}
