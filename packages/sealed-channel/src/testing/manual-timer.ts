import type { StartTimer } from "../host.ts";

/** Timers that fire when the test says so. */
export class ManualTimers {
  readonly #timers = new Map<object, { readonly run: () => void; readonly delayMs: number }>();

  readonly start: StartTimer = (run, delayMs) => {
    const id = {};
    this.#timers.set(id, { run, delayMs });
    return () => this.#timers.delete(id);
  };

  /** Delays of the timers that run. */
  get running(): readonly number[] {
    return [...this.#timers.values()].map(({ delayMs }) => delayMs);
  }

  /** Fires every timer that runs now. */
  fire(): void {
    const due = [...this.#timers.values()];
    this.#timers.clear();
    for (const { run } of due) run();
  }
}
