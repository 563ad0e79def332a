import type { MessageInitShape } from "@bufbuild/protobuf";
import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { AttachRequestSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import type { SessionId } from "@wingthing/contracts/ids";
import { type Grid, sameGrid } from "./grid.ts";
import type { InputLedger } from "./input-ledger.ts";

/** One message of an attach, upward. */
export type AttachMessage = MessageInitShape<typeof AttachRequestSchema>;

/** What the first message says. */
export interface Opening {
  readonly sessionId: SessionId;
  readonly clientId: string;
  readonly grid: Grid;
  /** Seq behind the last byte that was drawn; undefined asks for a snapshot. */
  readonly resumeFromSeq: bigint | undefined;
}

/**
 * The upward half of one attach, pulled by the transport: the opening, then grids and input as they come. Input that
 * gathers while the transport is busy leaves as one message; of several grids only the last one leaves.
 */
export class CommandOutbox {
  readonly #opening: Opening;
  readonly #ledger: InputLedger;
  #grid: Grid;
  #sentGrid: Grid;
  #opened = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(opening: Opening, ledger: InputLedger) {
    this.#opening = opening;
    this.#ledger = ledger;
    this.#grid = opening.grid;
    this.#sentGrid = opening.grid;
  }

  /** The egg said which input it expects: what is in the ledger may leave. */
  opened(): void {
    this.#opened = true;
    this.notify();
  }

  /** States the grid; `insist` sends it again even when it is the one that was sent. */
  resize(grid: Grid, insist = false): void {
    this.#grid = grid;
    if (insist) this.#sentGrid = { columns: 0, rows: 0 };
    this.notify();
  }

  /** There is more in the ledger. */
  notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Ends the upward half. */
  close(): void {
    this.#closed = true;
    this.notify();
  }

  /** The messages; ends after `close`. */
  async *messages(): AsyncGenerator<AttachMessage> {
    const { sessionId, clientId, grid, resumeFromSeq } = this.#opening;
    const resume = resumeFromSeq === undefined ? {} : { resumeFromSeq };
    const open = { mode: AttachMode.CONTROL, size: grid, clientId, ...resume };
    yield { sessionId, command: { command: { case: "open", value: open } } };
    while (!this.#closed) {
      const next = this.#next();
      if (next !== undefined) yield next;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  #next(): AttachMessage | undefined {
    if (!this.#opened) return undefined;
    if (!sameGrid(this.#grid, this.#sentGrid)) {
      this.#sentGrid = this.#grid;
      return { command: { command: { case: "resize", value: { size: this.#grid } } } };
    }
    const chunk = this.#ledger.nextChunk();
    return chunk === undefined ? undefined : { command: { command: { case: "input", value: chunk } } };
  }
}
