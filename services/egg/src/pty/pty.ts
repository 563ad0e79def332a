/** The grid of a terminal, in character cells. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** How a program ended: a code, or the name of the signal that ended it. */
export type PtyExit = { readonly code: number } | { readonly signal: string };

/** Signals that end what runs in a PTY, mildest first. */
export type PtySignal = "SIGHUP" | "SIGTERM" | "SIGKILL";

/**
 * Most typed bytes that wait for a program that does not read, in bytes: sixteen of the largest input messages.
 * A paste that is longer waits with the one who pastes.
 */
export const MAX_QUEUED_INPUT_BYTES = 1024 * 1024;

/** Largest chunk of output in one call, in bytes: a kernel hands out 4 KiB at a time, others may hand out more. */
export const MAX_OUTPUT_CHUNK_BYTES = 64 * 1024;

/**
 * A program on a pseudo terminal. It loses no byte: everything that the program wrote is handed to `onData`, also what
 * is still unread when it exits, and `onExit` comes after the last byte. Handlers are set once, before the first turn of
 * the event loop ends.
 */
export interface Pty {
  /** Process id of the program, which leads its session and process group. */
  readonly pid: number;
  /** Bytes of `write` that the program's side has not taken yet. */
  readonly queuedInputBytes: number;
  /** Output; the chunk is valid during the call only. */
  onData(handler: (chunk: Uint8Array) => void): void;
  /** The end, once, after the last byte; while paused it waits. */
  onExit(handler: (exit: PtyExit) => void): void;
  /** The queue of input became empty. */
  onInputDrained(handler: () => void): void;
  /** Types bytes; does nothing after the end. Throws InputQueueFullError, and then took nothing. */
  write(data: Uint8Array): void;
  /** Sets the grid, which the program learns by SIGWINCH. */
  resize(grid: Grid): void;
  /** No more `onData` until `resume`; the program stops when the kernel's buffer is full. */
  pause(): void;
  /** Goes on after `pause`. */
  resume(): void;
  /** Signals everything that runs in the terminal's session. */
  kill(signal: PtySignal): void;
}

/** The program reads less than is typed; try again after `onInputDrained`. */
export class InputQueueFullError extends Error {
  override readonly name = "InputQueueFullError";

  constructor(queuedBytes: number, moreBytes: number) {
    super(
      `${moreBytes} bytes of input do not fit: ${queuedBytes} wait already and the limit is ${MAX_QUEUED_INPUT_BYTES}. ` +
        "The program does not read its input; interrupt it, or try again when it has read.",
    );
  }
}

/** No terminal or no process could be made. */
export class PtySpawnError extends Error {
  override readonly name = "PtySpawnError";

  constructor(program: string, cwd: string, options?: ErrorOptions) {
    super(
      `${program} could not be started in ${cwd}: the folder, a terminal or a process was refused. ` +
        "Check that the folder can be entered and that the limits of processes and open files are not used up.",
      options,
    );
  }
}

/** Throws InputQueueFullError when the bytes do not fit behind those that wait. */
export function assertInputFits(queuedBytes: number, moreBytes: number): void {
  if (queuedBytes + moreBytes > MAX_QUEUED_INPUT_BYTES) throw new InputQueueFullError(queuedBytes, moreBytes);
}
