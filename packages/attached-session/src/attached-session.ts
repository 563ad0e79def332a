import { batch, type ReadonlySignal, signal } from "@preact/signals-core";
import {
  AttachMode,
  type Opened,
  type Output,
  type Snapshot,
  type TerminalEvent,
  type TerminalSize,
} from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { AttachResponse } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import type { RandomSource, SessionId } from "@wingthing/contracts/ids";
import { attachOutcome } from "./attach-outcome.ts";
import { newClientId } from "./client-id.ts";
import type { Clock } from "./clock.ts";
import { type AttachMessage, CommandOutbox } from "./command-outbox.ts";
import { DrawWindow } from "./draw-window.ts";
import { type Exit, parseExit } from "./exit.ts";
import type { Grid } from "./grid.ts";
import { InputLedger } from "./input-ledger.ts";
import { OutputCursor } from "./output-cursor.ts";
import { Pace } from "./pace.ts";
import { when } from "./when.ts";

/** Where the attach stands. */
export type AttachState =
  /** No channel to the wing; goes on by itself when there is one. */
  | { readonly kind: "waiting" }
  | { readonly kind: "attaching" }
  /** Bytes flow. */
  | { readonly kind: "live" }
  /** Broke off though the wing is there; tries again. */
  | { readonly kind: "retrying"; readonly reason: string }
  | { readonly kind: "ended"; readonly exit: Exit }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly reason: string };

/** What the bytes are drawn on. */
export interface TerminalSink {
  /** Draws bytes, in order; calls `parsed` once they are on the screen's model. */
  write(data: Uint8Array, parsed: () => void): void;
  /** Draws bytes on an emptied terminal. */
  redraw(data: Uint8Array, parsed: () => void): void;
  /** Sets the grid. */
  resize(grid: Grid): void;
}

/** The one call that an attach needs; `Client<typeof SessionService>` has it. */
export interface AttachService {
  attach(messages: AsyncIterable<AttachMessage>, options: { signal: AbortSignal }): AsyncIterable<AttachResponse>;
}

/** What an attached session is made of. */
export interface AttachedSessionOptions {
  readonly sessionId: SessionId;
  /** The wing's service while a channel stands, else undefined. */
  readonly service: ReadonlySignal<AttachService | undefined>;
  readonly sink: TerminalSink;
  /** The viewer's own grid at first. */
  readonly grid: Grid;
  /** Types, or only looks on; types by default. */
  readonly mode?: AttachMode;
  readonly clock: Clock;
  readonly random: RandomSource;
}

const gridOf = (size: TerminalSize | undefined): Grid | undefined =>
  size === undefined ? undefined : { columns: size.columns, rows: size.rows };

/**
 * One terminal of a viewer, attached to a session across every break of the connection: output continues at the byte
 * where it stopped, typed bytes are kept until the egg has them and arrive exactly once.
 */
export class AttachedSession {
  readonly #options: AttachedSessionOptions;
  readonly #state = signal<AttachState>({ kind: "waiting" });
  readonly #grid = signal<Grid | undefined>(undefined);
  readonly #viewers = signal(1);
  readonly #drawnSeq = signal(0n);
  readonly #everLive = signal(false);
  readonly #cursor = new OutputCursor();
  readonly #ledger = new InputLedger();
  readonly #window = new DrawWindow();
  readonly #pace: Pace;
  #clientId: string;
  #ownGrid: Grid;
  #outbox: CommandOutbox | undefined;

  constructor(options: AttachedSessionOptions) {
    this.#options = options;
    this.#clientId = newClientId(options.random);
    this.#ownGrid = options.grid;
    this.#pace = new Pace(options.clock, options.random);
  }

  /** Where the attach stands. */
  get state(): ReadonlySignal<AttachState> {
    return this.#state;
  }

  /** The session's grid, which another viewer may own; undefined before the first attach. */
  get grid(): ReadonlySignal<Grid | undefined> {
    return this.#grid;
  }

  /** How many are attached, this viewer included. */
  get viewers(): ReadonlySignal<number> {
    return this.#viewers;
  }

  /** Seq behind the last byte that is on the screen. */
  get drawnSeq(): ReadonlySignal<bigint> {
    return this.#drawnSeq;
  }

  /** Whether it was ever live, so that there is a screen to look at while it is not. */
  get everLive(): ReadonlySignal<boolean> {
    return this.#everLive;
  }

  /** Types bytes; kept while there is no connection. Throws InputFullError. */
  type(data: Uint8Array): void {
    this.#ledger.append(data);
    this.#outbox?.notify();
  }

  /** States this viewer's own grid; `insist` takes the size back from another viewer. */
  resize(grid: Grid, insist = false): void {
    this.#ownGrid = grid;
    this.#outbox?.resize(grid, insist);
  }

  /** Stays attached until the session ends or the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const service = await this.#nextService(signal);
      if (service === undefined) return;
      if (await this.#tryOnce(service, signal)) return;
      const waitMs = this.#pace.down();
      // A channel that went away needs no wait: the next service comes when the wing is there again.
      if (this.#options.service.peek() === service) await this.#options.clock.sleep(waitMs, signal);
    }
  }

  async #nextService(signal: AbortSignal): Promise<AttachService | undefined> {
    if (this.#options.service.peek() === undefined) this.#state.value = { kind: "waiting" };
    try {
      return await when(this.#options.service, (service) => service, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  /** One attach; true when there is nothing to come back for. */
  async #tryOnce(service: AttachService, signal: AbortSignal): Promise<boolean> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const { sessionId, mode = AttachMode.CONTROL } = this.#options;
    const opening = { sessionId, clientId: this.#clientId, grid: this.#ownGrid, mode, resumeFromSeq: this.#cursor.seq };
    const outbox = new CommandOutbox(opening, this.#ledger);
    this.#outbox = outbox;
    this.#state.value = { kind: "attaching" };
    try {
      for await (const { event } of service.attach(outbox.messages(), { signal: either })) {
        if (event === undefined) continue;
        await this.#handle(event.event, outbox, either);
        if (event.event.case === "exited") return true;
      }
      this.#state.value = { kind: "retrying", reason: "the wing ended the stream" };
      return false;
    } catch (error) {
      return signal.aborted || this.#isOver(error);
    } finally {
      this.#outbox = undefined;
      outbox.close();
      stop.abort();
    }
  }

  /** Whether the error is final; states what it means either way. */
  #isOver(error: unknown): boolean {
    const outcome = attachOutcome(error);
    switch (outcome.kind) {
      case "missing":
      case "refused":
        this.#state.value = outcome;
        return true;
      case "start-over":
        this.#clientId = newClientId(this.#options.random);
        this.#ledger.restart();
        this.#cursor.forget();
        break;
      case "resume":
        break;
    }
    this.#state.value = { kind: "retrying", reason: outcome.reason };
    return false;
  }

  async #handle(event: TerminalEvent["event"], outbox: CommandOutbox, signal: AbortSignal): Promise<void> {
    switch (event.case) {
      case "opened":
        return this.#opened(event.value, outbox, signal);
      case "snapshot":
        return this.#drawSnapshot(event.value, signal);
      case "output":
        return this.#drawOutput(event.value, signal);
      case "inputAccepted":
        return this.#ledger.accepted(event.value.seq);
      case "resized":
        return this.#setGrid(event.value.size, signal);
      case "viewers":
        this.#viewers.value = event.value.controllers + event.value.watchers;
        return;
      case "exited":
        await this.#unlessAborted(this.#window.drawn(), signal);
        this.#state.value = { kind: "ended", exit: parseExit(event.value) };
        return;
      case "attention":
      case undefined:
        return;
    }
  }

  async #opened(opened: Opened, outbox: CommandOutbox, signal: AbortSignal): Promise<void> {
    this.#ledger.resume(opened.inputSeq);
    if (!opened.resumed) this.#cursor.forget();
    outbox.opened();
    await this.#setGrid(opened.size, signal);
    this.#pace.up();
    this.#everLive.value = true;
    this.#state.value = { kind: "live" };
  }

  async #setGrid(size: TerminalSize | undefined, signal: AbortSignal): Promise<void> {
    const grid = gridOf(size);
    if (grid === undefined) return;
    // Bytes before the change were written for the grid before it.
    await this.#unlessAborted(this.#window.drawn(), signal);
    batch(() => {
      this.#options.sink.resize(grid);
      this.#grid.value = grid;
    });
  }

  async #drawSnapshot(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    await this.#setGrid(snapshot.size, signal);
    this.#cursor.jumpTo(snapshot.seq);
    this.#options.sink.redraw(snapshot.data, this.#handed(snapshot.data.byteLength, snapshot.seq));
  }

  async #drawOutput(output: Output, signal: AbortSignal): Promise<void> {
    const data = this.#cursor.accept(output.seq, output.data);
    if (data.byteLength === 0) return;
    this.#options.sink.write(data, this.#handed(data.byteLength, output.seq + BigInt(output.data.byteLength)));
    // Only now is the next message pulled, which is what returns credit to the egg.
    await this.#unlessAborted(this.#window.room(), signal);
  }

  #handed(byteLength: number, seqAfter: bigint): () => void {
    const parsed = this.#window.hand(byteLength);
    return () => {
      this.#drawnSeq.value = seqAfter;
      parsed();
    };
  }

  /** A terminal that was taken down calls nobody back; the abort of its owner ends the wait. */
  #unlessAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      wait.then(() => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
    });
  }
}
