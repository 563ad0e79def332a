import { create } from "@bufbuild/protobuf";
import { type AttachMode, type Exited, ExitedSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import {
  type Grid,
  InputQueueFullError,
  MAX_QUEUED_INPUT_BYTES,
  type Pty,
  type PtyExit,
  type PtySignal,
} from "../pty/pty.ts";
import { Attention } from "./attention.ts";
import { Audience } from "./audience.ts";
import { ClientLedger } from "./client-ledger.ts";
import { clampGrid, sameGrid } from "./grid-policy.ts";
import { Screen, type ScreenSnapshot } from "./screen.ts";
import { Throttle } from "./throttle.ts";
import { type Attendance, Viewer } from "./viewer.ts";

/** Shortest time between two notices of a change, in ms: titles that spin are shown ten times a second at most. */
const CHANGE_INTERVAL_MS = 100;
/** Shortest time between two notices that something moved, in ms. */
const ACTIVITY_INTERVAL_MS = 1_000;

/** Keys that interrupt when they are typed alone: Ctrl-C, Ctrl-Z and Ctrl-\. */
const INTERRUPT_KEYS = new Set([0x03, 0x1a, 0x1c]);

/** Somebody who only looks on typed. */
export class WatcherInputError extends Error {
  override readonly name = "WatcherInputError";

  constructor() {
    super("This viewer only looks on and cannot type: attach with ATTACH_MODE_CONTROL.");
  }
}

/** What a session is made of. */
export interface SessionOptions {
  readonly pty: Pty;
  /** The grid that the PTY was opened with. */
  readonly grid: Grid;
  readonly clock: Clock;
  readonly log: Log;
}

/** How a viewer attaches. */
export interface AttachOptions {
  readonly clientId: string;
  readonly mode: AttachMode;
  readonly ownGrid: Grid | undefined;
  readonly resumeFrom: number | undefined;
}

function exitedOf(exit: PtyExit, seq: number): Exited {
  return create(ExitedSchema, {
    seq: BigInt(seq),
    ...("code" in exit ? { code: exit.code } : { signal: exit.signal }),
  });
}

/** A program in a terminal and everyone who is attached to it. It knows no transport. */
export class Session {
  readonly #pty: Pty;
  readonly #clock: Clock;
  readonly #screen: Screen;
  readonly #audience = new Audience();
  readonly #ledger = new ClientLedger();
  readonly #attention: Attention;
  readonly #changes: Throttle;
  readonly #activity: Throttle;
  #activeAt: number;
  #exited: Exited | undefined;
  #onChange: () => void = () => {};
  #onAttention: (reason: string) => void = () => {};
  #onExit: (exited: Exited) => void = () => {};
  #waitingForRoom: (() => void)[] = [];

  constructor({ pty, grid, clock, log }: SessionOptions) {
    this.#pty = pty;
    this.#clock = clock;
    this.#activeAt = clock.now();
    this.#changes = new Throttle(clock, CHANGE_INTERVAL_MS, () => this.#onChange());
    this.#activity = new Throttle(clock, ACTIVITY_INTERVAL_MS, () => this.#onChange());
    this.#attention = new Attention(clock, (reason) => this.#notice(reason));
    const events = {
      onReply: (text: string) => this.#reply(text),
      onTitle: () => this.#changes.happened(),
      onAttention: (reason: string) => this.#wanted(reason),
      onFault: (error: unknown) => log.warn("the terminal library failed on some output", { error }),
    };
    this.#screen = new Screen({ grid, events, brake: pty });
    pty.onData((chunk) => this.#output(chunk));
    pty.onExit((exit) => this.#ended(exit));
    pty.onInputDrained(() => this.#makeRoom());
  }

  /** Grid now. */
  get grid(): Grid {
    return this.#screen.grid;
  }

  /** Output bytes so far. */
  get outputSeq(): number {
    return this.#screen.ring.end;
  }

  /** Last output or input, in ms since 1970. */
  get activeAt(): number {
    return this.#activeAt;
  }

  /** Who is attached. */
  get attendance(): Attendance {
    return this.#audience.attendance;
  }

  /** Title that the program set. */
  get title(): string {
    return this.#screen.title;
  }

  /** The last line with text on the screen, for a list. */
  get preview(): string {
    return this.#screen.preview;
  }

  /** Why a person is wanted; empty when not. */
  get attention(): string {
    return this.#attention.reason;
  }

  /** How it ended; undefined while it runs. */
  get exited(): Exited | undefined {
    return this.#exited;
  }

  /** The status changed; thinned out. Set once. */
  onChange(handler: () => void): void {
    this.#onChange = handler;
  }

  /** The program wants a person; thinned out. Set once. */
  onAttention(handler: (reason: string) => void): void {
    this.#onAttention = handler;
  }

  /** The program ended and its last byte is in the ring. Set once. */
  onExit(handler: (exited: Exited) => void): void {
    this.#onExit = handler;
  }

  /** The screen now. */
  snapshot(): ScreenSnapshot {
    return this.#screen.snapshot();
  }

  /** Attaches a viewer. Throws TooManyViewersError. */
  attach(options: AttachOptions): Viewer {
    const { clientId, resumeFrom } = options;
    this.#audience.assertRoom(clientId);
    const { isKnown } = this.#ledger.open(clientId, (other) => this.#audience.has(other));
    // Coming back is no use of a viewer: a tab in the background must not take the size away.
    if (resumeFrom === undefined || !isKnown) this.#ledger.use(clientId);
    const usedAt = this.#ledger.usedAt(clientId);
    const viewer = new Viewer(
      this.#screen,
      { ...options, usedAt, clock: this.#clock },
      this.#ledger.expected(clientId),
    );
    this.#audience.add(viewer);
    if (this.#exited) viewer.exited(this.#exited);
    this.#followViewers();
    this.#changes.happened();
    return viewer;
  }

  /** Lets a viewer go. */
  detach(viewer: Viewer): void {
    if (!this.#audience.remove(viewer)) return;
    this.#followViewers();
    this.#changes.happened();
  }

  /**
   * Takes what a viewer typed, each byte once. False: there is no room, try again after `roomForInput`.
   * Throws WatcherInputError, InputGapError.
   */
  type(viewer: Viewer, seq: number, data: Uint8Array): boolean {
    if (!viewer.mayType) throw new WatcherInputError();
    const fresh = this.#ledger.fresh(viewer.clientId, seq, data);
    if (this.#pty.queuedInputBytes + fresh.byteLength > MAX_QUEUED_INPUT_BYTES) return false;
    this.#pty.write(fresh);
    viewer.accepted(this.#ledger.take(viewer.clientId, fresh.byteLength));
    if (fresh.byteLength === 1 && INTERRUPT_KEYS.has(fresh[0] ?? 0)) viewer.interrupted();
    this.#touch(viewer);
    this.#typed();
    return true;
  }

  /** Resolves when the program read what was typed, or ended. */
  roomForInput(): Promise<void> {
    if (this.#exited || this.#pty.queuedInputBytes === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waitingForRoom.push(resolve));
  }

  /** Types without a viewer. Throws InputQueueFullError. */
  sendInput(data: Uint8Array): void {
    this.#pty.write(data);
    this.#typed();
  }

  /** A viewer's own grid changed, which is a use of it; undefined hides it. */
  resizeViewer(viewer: Viewer, grid: Grid | undefined): void {
    if (!viewer.mayType) return;
    viewer.ownGrid = grid;
    this.#touch(viewer);
  }

  /** Sets the grid without a viewer; it holds until a viewer is used. Returns what was set. */
  setGrid(grid: Grid): Grid {
    this.#applyGrid(clampGrid(grid));
    return this.#screen.grid;
  }

  /** Frees the terminal; nothing is asked of the session afterwards. */
  close(): void {
    this.#screen.close();
  }

  /** Signals everything that runs in the terminal. */
  kill(signal: PtySignal): void {
    this.#pty.kill(signal);
  }

  #output(chunk: Uint8Array): void {
    this.#screen.append(chunk);
    this.#audience.wake();
    this.#activeAt = this.#clock.now();
    this.#activity.happened();
  }

  #typed(): void {
    this.#activeAt = this.#clock.now();
    if (this.#attention.answered()) this.#changes.happened();
    else this.#activity.happened();
  }

  /** Types the terminal's answer; a program that asks and does not read gets none. */
  #reply(text: string): void {
    try {
      this.#pty.write(Buffer.from(text));
    } catch (error) {
      if (!(error instanceof InputQueueFullError)) throw error;
    }
  }

  #wanted(reason: string): void {
    this.#attention.want(reason);
    this.#changes.happened();
  }

  #notice(reason: string): void {
    this.#audience.wanted(reason);
    this.#onAttention(reason);
  }

  #touch(viewer: Viewer): void {
    viewer.usedAt = this.#ledger.use(viewer.clientId);
    this.#followViewers();
  }

  #followViewers(): void {
    const wanted = this.#audience.wantedGrid;
    if (wanted) this.#applyGrid(wanted);
  }

  #applyGrid(grid: Grid): void {
    if (this.#exited || sameGrid(grid, this.#screen.grid)) return;
    const snapshot = this.#screen.resize(grid);
    this.#pty.resize(grid);
    this.#audience.resized(snapshot);
    this.#changes.happened();
  }

  #makeRoom(): void {
    const waiting = this.#waitingForRoom;
    this.#waitingForRoom = [];
    for (const resolve of waiting) resolve();
  }

  #ended(exit: PtyExit): void {
    this.#screen.settle();
    this.#exited = exitedOf(exit, this.#screen.ring.end);
    this.#audience.exited(this.#exited);
    this.#makeRoom();
    this.#changes.stop();
    this.#activity.stop();
    this.#onExit(this.#exited);
    this.#onChange();
  }
}
