import { type Clock, sleepOn, type Timer } from "./clock.ts";

interface PendingTimer {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  readonly #startedAt: number;
  #elapsedMs = 0;
  #nextOrder = 0;
  readonly #pending = new Set<PendingTimer>();

  /** Starts at the given wall time, milliseconds since 1970. */
  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#startedAt = startAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { dueAt: this.#elapsedMs + Math.max(delayMs, 0), order: this.#nextOrder++, callback };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Timers that have not fired and were not cancelled. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves time on and fires, in order, what falls due; timers set by a callback count too. */
  advance(byMs: number): void {
    const until = this.#elapsedMs + byMs;
    for (let next = this.#earliest(); next && next.dueAt <= until; next = this.#earliest()) {
      this.#pending.delete(next);
      this.#elapsedMs = next.dueAt;
      next.callback();
    }
    this.#elapsedMs = until;
  }

  #earliest(): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#pending) {
      const sooner = !first || timer.dueAt < first.dueAt || (timer.dueAt === first.dueAt && timer.order < first.order);
      if (sooner) first = timer;
    }
    return first;
  }
}
