/** This process's own terminal, or the pipe that stands in for it. */

/** Grid when the output is no terminal. */
const DEFAULT_SIZE = { columns: 80, rows: 24 } as const;

/** Grid of this terminal, in cells. */
export function terminalSize(): { columns: number; rows: number } {
  return {
    columns: process.stdout.columns ?? DEFAULT_SIZE.columns,
    rows: process.stdout.rows ?? DEFAULT_SIZE.rows,
  };
}

/** What a viewer needs of a terminal. */
export interface LocalTerminal extends Disposable {
  /** Calls the handler with typed bytes; undefined at the end of the input. */
  onInput(handler: (chunk: Uint8Array | undefined) => void): void;
  /** Calls the handler after the window changed. */
  onResize(handler: () => void): void;
  /** Writes bytes; resolves when the terminal took them. */
  write(data: Uint8Array): Promise<void>;
}

/** Undoes what a full-screen program may have left behind: alternate screen, mouse, bracketed paste, hidden cursor, colours. */
const RESTORE =
  "\u001b[?1049l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[?1l\u001b>\u001b[?25h\u001b[0m";

/** Takes this process's terminal over, in raw mode; disposing gives it back as it was. */
export function takeTerminal(): LocalTerminal {
  const { stdin, stdout } = process;
  const raw = stdin.isTTY === true;
  if (raw) stdin.setRawMode(true);
  const resizeHandlers: (() => void)[] = [];
  return {
    onInput(handler) {
      stdin.on("data", (chunk: Buffer) => handler(chunk));
      stdin.on("end", () => handler(undefined));
      stdin.resume();
    },
    onResize(handler) {
      resizeHandlers.push(handler);
      stdout.on("resize", handler);
    },
    write: (data) =>
      new Promise((resolve, reject) => {
        stdout.write(data, (error) => (error ? reject(error) : resolve()));
      }),
    [Symbol.dispose]() {
      for (const handler of resizeHandlers) stdout.off("resize", handler);
      stdin.removeAllListeners("data").removeAllListeners("end").pause();
      if (raw) stdin.setRawMode(false);
      if (stdout.isTTY === true) stdout.write(RESTORE);
    },
  };
}
