import type { Clock, Timer } from "@wingthing/service-runtime/clock";

/** Calls back at once, and then at most once an interval, the last time included. Nothing runs while nothing happens. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #callback: () => void;
  #timer: Timer | undefined;
  #isDue = false;

  constructor(clock: Clock, intervalMs: number, callback: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#callback = callback;
  }

  /** Something happened. */
  happened(): void {
    this.#isDue = true;
    if (!this.#timer) this.#fire();
  }

  /** No more callbacks. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isDue = false;
  }

  #fire(): void {
    this.#timer = undefined;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#timer = this.#clock.setTimer(this.#intervalMs, () => this.#fire());
    this.#callback();
  }
}
