import type { Clock } from "@wingthing/service-runtime/clock";

/** Shortest time between two notices, in ms: a program that rings in a loop is heard once a second. */
export const NOTICE_INTERVAL_MS = 1_000;

/** Why the program wants a person, until somebody types. */
export class Attention {
  readonly #clock: Clock;
  readonly #notify: (reason: string) => void;
  #reason = "";
  #noticedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, notify: (reason: string) => void) {
    this.#clock = clock;
    this.#notify = notify;
  }

  /** Why; empty when nobody is wanted. */
  get reason(): string {
    return this.#reason;
  }

  /** The program wants a person; the same reason is told once until somebody typed. */
  want(reason: string): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    const now = this.#clock.monotonicMs();
    if (now - this.#noticedAt < NOTICE_INTERVAL_MS) return;
    this.#noticedAt = now;
    this.#notify(reason);
  }

  /** Somebody typed; says whether somebody was wanted. */
  answered(): boolean {
    const wasWanted = this.#reason !== "";
    this.#reason = "";
    return wasWanted;
  }
}
