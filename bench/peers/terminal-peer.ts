/** Columns and rows of every measured terminal. */
export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** An ordinary window. */
export const BENCH_SIZE: Size = { cols: 120, rows: 40 };

/** A terminal with a program in it, as its viewer has it. */
export interface PeerSession {
  /** Types bytes. */
  write(bytes: Uint8Array): void;
  /** Sets the one handler of output; what came before is handed over at once. */
  onData(handler: (chunk: Uint8Array) => void): void;
  resize(size: Size): void;
  /** A second viewer of the same program; absent where a peer has no such thing. */
  attach?(): Promise<PeerSession>;
  /** Ends the program, or for a second viewer the view. */
  close(): Promise<void>;
}

/** Something that runs programs in terminals and shows them to a viewer: what wingthing is measured beside. */
export interface TerminalPeer {
  /** Column of the report. */
  readonly name: string;
  /** Starts a program in a terminal of BENCH_SIZE; resolves when a viewer may type. */
  open(command: readonly string[]): Promise<PeerSession>;
  /** Ends everything that the peer started. */
  close(): Promise<void>;
}

/** Keeps output until somebody wants it. */
export class OutputBuffer {
  readonly #early: Uint8Array[] = [];
  #handler: ((chunk: Uint8Array) => void) | undefined;

  push(chunk: Uint8Array): void {
    if (this.#handler) this.#handler(chunk);
    else this.#early.push(chunk);
  }

  onData(handler: (chunk: Uint8Array) => void): void {
    this.#handler = handler;
    for (const chunk of this.#early.splice(0)) handler(chunk);
  }
}
