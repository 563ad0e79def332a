import type { StartTimer } from "@wingthing/sealed-channel/host";
import type { BinarySocket } from "./binary-socket.ts";
import { DRAIN_POLL_MS, SOCKET_HIGH_WATER_BYTES } from "./relay-limits.ts";

/** Somebody with frames to send, in order. */
export interface FrameSource {
  /** The next frame, or undefined when there is none. */
  takeFrame(): Uint8Array<ArrayBuffer> | undefined;
}

/** Hands frames to a socket: at once while it has room, else in turns, so that no pipe has to wait for another's queue. */
export class LinkOutbox {
  readonly #socket: BinarySocket;
  readonly #startTimer: StartTimer;
  /** Whoever was served goes to the end. */
  readonly #waiting = new Set<FrameSource>();
  #stopTimer: (() => void) | undefined;

  constructor(socket: BinarySocket, startTimer: StartTimer) {
    this.#socket = socket;
    this.#startTimer = startTimer;
  }

  /** Whether a frame may go to the socket at once, before what nobody else waits to send. */
  get hasRoom(): boolean {
    return this.#waiting.size === 0 && this.#socket.bufferedAmount < SOCKET_HIGH_WATER_BYTES;
  }

  /** Sends a frame at once. */
  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /** Takes frames of the source when there is room. */
  wait(source: FrameSource): void {
    this.#waiting.add(source);
    if (this.#stopTimer === undefined) this.#serve();
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#waiting.clear();
  }

  #serve(): void {
    this.#stopTimer = undefined;
    while (this.#socket.bufferedAmount < SOCKET_HIGH_WATER_BYTES) {
      const [source] = this.#waiting;
      if (source === undefined) return;
      this.#waiting.delete(source);
      const frame = source.takeFrame();
      if (frame === undefined) continue;
      this.#waiting.add(source);
      this.#socket.send(frame);
    }
    this.#stopTimer = this.#startTimer(() => this.#serve(), DRAIN_POLL_MS);
  }
}
