import type { Clock, Timer } from "@wingthing/service-runtime/clock";

/** What shows that the other end of a socket lives. */
interface Vitals {
  /** Bytes that came; grows by every message and pong. */
  readonly bytesRead: number;
  /** Bytes that wait to leave. */
  readonly bytesWaiting: number;
  /** Bytes that left. */
  readonly bytesSent: number;
  /** We do not read at present, so silence says nothing. */
  readonly isPaused: boolean;
}

/** What a heartbeat does. */
export interface HeartbeatOptions {
  readonly vitals: Vitals;
  readonly ping: () => void;
  readonly onSilent: () => void;
  /** Between two pings. */
  readonly intervalMs: number;
  /** Pings in a row without a sign of life, after which `onSilent` is called once. */
  readonly maxSilentPings: number;
  readonly clock: Clock;
}

/**
 * Finds dead sockets. Anything that comes is a sign of life, not only the pong: on a slow line our ping may stand behind
 * a megabyte. For the same reason a backlog that shrinks is one.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: Timer;
  #silentPings = 0;
  #bytesRead = 0;
  #bytesSent = 0;
  #wasWaiting = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = this.#arm();
  }

  /** No further pings. */
  stop(): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    const { clock, intervalMs } = this.#options;
    return clock.setTimer(intervalMs, () => this.#beat());
  }

  #beat(): void {
    const { onSilent, maxSilentPings, ping } = this.#options;
    if (this.#showsLife()) this.#silentPings = 0;
    if (this.#silentPings >= maxSilentPings) {
      onSilent();
      return;
    }
    this.#silentPings++;
    ping();
    this.#timer = this.#arm();
  }

  #showsLife(): boolean {
    const { vitals } = this.#options;
    const heard = vitals.bytesRead > this.#bytesRead;
    const drained = this.#wasWaiting && vitals.bytesSent > this.#bytesSent;
    this.#bytesRead = vitals.bytesRead;
    this.#bytesSent = vitals.bytesSent;
    this.#wasWaiting = vitals.bytesWaiting > 0;
    return heard || drained || vitals.isPaused;
  }
}
