import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AttachMode,
  type Exited,
  type TerminalEvent,
  TerminalEventSchema,
  type TerminalSize,
  TerminalSizeSchema,
} from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Grid } from "../pty/pty.ts";
import type { GridClaim } from "./grid-policy.ts";
import type { Screen, ScreenSnapshot } from "./screen.ts";

/** Output in one message, in bytes: what the contract allows. */
export const MAX_OUTPUT_MESSAGE_BYTES = 64 * 1024;

/**
 * Output that a viewer may be behind, in bytes: a tenth of a second on a home line. Beyond it the viewer is shown the
 * present instead of the past.
 */
export const MAX_BACKLOG_BYTES = 1024 * 1024;

/** Output that may stand between a viewer's interrupt key and what it does, in bytes. */
export const MAX_BACKLOG_AT_INTERRUPT_BYTES = 64 * 1024;

/**
 * How long the word that input was taken waits for the output that it causes, in ms. At once it would stand before the
 * echo of every key, at twice the work for all between here and the person; a client needs it only to send less again.
 */
export const ACCEPTANCE_DELAY_MS = 20;

/** How a viewer attaches. */
export interface ViewerOptions {
  readonly clock: Clock;
  readonly clientId: string;
  readonly mode: AttachMode;
  readonly ownGrid: Grid | undefined;
  /** Seq behind the last byte that it has; undefined on a first attach. */
  readonly resumeFrom: number | undefined;
  readonly usedAt: number;
}

/** How many may type and how many look on. */
export interface Attendance {
  readonly controllers: number;
  readonly watchers: number;
}

/** The message of a grid. */
export const sizeOf = ({ columns, rows }: Grid): TerminalSize => create(TerminalSizeSchema, { columns, rows });

type EventInit = NonNullable<MessageInitShape<typeof TerminalEventSchema>["event"]>;

const event = (value: EventInit): TerminalEvent => create(TerminalEventSchema, { event: value });

/**
 * One attached viewer. It is pulled: `next` gives the message to send now, as its line takes it, and nothing is queued
 * for a slow one but where it stands in the output. Whoever sends sets `onReady` and calls `next` until it gives nothing.
 */
export class Viewer implements GridClaim {
  readonly clientId: string;
  readonly mayType: boolean;
  ownGrid: Grid | undefined;
  usedAt: number;
  readonly #screen: Screen;
  readonly #clock: Clock;
  /** Seq of the next output byte to send. */
  #cursor: number;
  #wantsSnapshot: boolean;
  /** It came back with a gap that the ring can close, however large; only losing its place in the ring ends that. */
  #isCatchingUp: boolean;
  #resized: ScreenSnapshot | undefined;
  #opened: { readonly inputSeq: number } | undefined;
  #accepted: number | undefined;
  #acceptance: "none" | "waiting" | "due" = "none";
  #attendance: Attendance | undefined;
  #attention: string | undefined;
  #exited: Exited | undefined;
  /** Messages that belong together. */
  readonly #following: TerminalEvent[] = [];
  #isDone = false;
  #onReady: () => void = () => {};
  #onEnd: (reason: Error) => void = () => {};

  constructor(screen: Screen, options: ViewerOptions, inputSeq: number) {
    const { resumeFrom } = options;
    const canResume = resumeFrom !== undefined && screen.ring.holds(resumeFrom);
    this.clientId = options.clientId;
    this.mayType = options.mode === AttachMode.CONTROL;
    this.ownGrid = options.ownGrid;
    this.usedAt = options.usedAt;
    this.#screen = screen;
    this.#clock = options.clock;
    this.#cursor = canResume ? resumeFrom : screen.ring.end;
    this.#wantsSnapshot = !canResume;
    this.#isCatchingUp = canResume;
    if (canResume && screen.lastResize && screen.lastResize.seq >= resumeFrom) this.#resized = screen.lastResize;
    this.#opened = { inputSeq };
  }

  /** Nothing will come any more: the end was sent. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Output bytes that it has not been sent. */
  get backlog(): number {
    return this.#screen.ring.end - this.#cursor;
  }

  /** Calls back when `next` may have something; set once. */
  onReady(handler: () => void): void {
    this.#onReady = handler;
  }

  /** Calls back when the session ends this viewer, and why; set once. */
  onEnd(handler: (reason: Error) => void): void {
    this.#onEnd = handler;
  }

  /** There is more output. */
  wake(): void {
    this.#onReady();
  }

  /** All input of this viewer below `seq` was taken; it is told a moment later, for all input of that moment. */
  accepted(seq: number): void {
    this.#accepted = seq;
    if (this.#acceptance !== "none") return;
    this.#acceptance = "waiting";
    this.#clock.setTimer(ACCEPTANCE_DELAY_MS, () => {
      if (this.#accepted === undefined) return;
      this.#acceptance = "due";
      this.#onReady();
    });
  }

  /** Somebody came or went. */
  attended(attendance: Attendance): void {
    this.#attendance = attendance;
    this.#onReady();
  }

  /** The program wants a person. */
  wanted(reason: string): void {
    this.#attention = reason;
    this.#onReady();
  }

  /** The grid changed. Of several changes that it has not seen, only the last one matters. */
  resized(snapshot: ScreenSnapshot): void {
    this.#resized = snapshot;
    this.#onReady();
  }

  /** The program ended. */
  exited(exited: Exited): void {
    this.#exited = exited;
    this.#onReady();
  }

  /** This viewer interrupted the program: it is shown what comes of it, not what was on its way. */
  interrupted(): void {
    if (this.backlog > MAX_BACKLOG_AT_INTERRUPT_BYTES) this.#wantsSnapshot = true;
    if (this.#accepted !== undefined) this.#acceptance = "due";
    this.#onReady();
  }

  /** Ends this viewer's attach. */
  end(reason: Error): void {
    this.#isDone = true;
    this.#onEnd(reason);
  }

  /** The next message, or undefined until `onReady`. */
  next(): TerminalEvent | undefined {
    if (this.#isDone) return undefined;
    return this.#following.shift() ?? this.#nextNotice() ?? this.#nextScreen() ?? this.#nextEnd();
  }

  #nextNotice(): TerminalEvent | undefined {
    if (this.#opened) return this.#openedEvent(this.#opened.inputSeq);
    if (this.#acceptance === "due") return this.#acceptedEvent();
    if (this.#attendance) {
      const value = this.#attendance;
      this.#attendance = undefined;
      return event({ case: "viewers", value });
    }
    if (this.#attention !== undefined) {
      const reason = this.#attention;
      this.#attention = undefined;
      return event({ case: "attention", value: { reason } });
    }
    return undefined;
  }

  #acceptedEvent(): TerminalEvent | undefined {
    if (this.#accepted === undefined) return undefined;
    const seq = BigInt(this.#accepted);
    this.#accepted = undefined;
    this.#acceptance = "none";
    return event({ case: "inputAccepted", value: { seq } });
  }

  #openedEvent(inputSeq: number): TerminalEvent {
    this.#opened = undefined;
    // A snapshot and the opening itself both tell the grid.
    if (this.#wantsSnapshot) this.#resized = undefined;
    return event({
      case: "opened",
      value: {
        size: sizeOf(this.#screen.grid),
        seq: BigInt(this.#screen.ring.end),
        inputSeq: BigInt(inputSeq),
        resumed: !this.#wantsSnapshot,
      },
    });
  }

  #nextScreen(): TerminalEvent | undefined {
    if (this.#wantsSnapshot || this.#isTooFarBehind()) return this.#jump(this.#screen.snapshot());
    if (this.#resized && this.#cursor >= this.#resized.seq) return this.#jump(this.#resized);
    const until = this.#resized?.seq ?? this.#screen.ring.end;
    if (this.#cursor >= until) return undefined;
    const seq = this.#cursor;
    const data = this.#screen.ring.read(seq, Math.min(until - seq, MAX_OUTPUT_MESSAGE_BYTES));
    this.#cursor += data.byteLength;
    return event({ case: "output", value: { seq: BigInt(seq), data } });
  }

  #isTooFarBehind(): boolean {
    if (!this.#screen.ring.holds(this.#cursor)) return true;
    if (this.backlog <= MAX_BACKLOG_BYTES) this.#isCatchingUp = false;
    return this.backlog > MAX_BACKLOG_BYTES && !this.#isCatchingUp;
  }

  /** Goes on from a snapshot; a change of the grid that it has not seen is told first. */
  #jump({ seq, data, grid }: ScreenSnapshot): TerminalEvent {
    const isResized = this.#resized !== undefined;
    this.#cursor = seq;
    this.#wantsSnapshot = false;
    this.#isCatchingUp = false;
    this.#resized = undefined;
    const size = sizeOf(grid);
    const snapshot = event({ case: "snapshot", value: { seq: BigInt(seq), data, size } });
    if (!isResized) return snapshot;
    this.#following.push(snapshot);
    return event({ case: "resized", value: { size, seq: BigInt(seq) } });
  }

  #nextEnd(): TerminalEvent | undefined {
    if (!this.#exited) return undefined;
    const accepted = this.#acceptedEvent();
    if (accepted) return accepted;
    this.#isDone = true;
    return event({ case: "exited", value: this.#exited });
  }
}
