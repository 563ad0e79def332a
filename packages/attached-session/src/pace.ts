import type { RandomSource } from "@wingthing/contracts/ids";
import { backOffMs } from "./back-off.ts";
import type { Clock } from "./clock.ts";

/** What held this long was good, and its end is a misfortune of its own: the next try comes soon. In ms. */
export const STEADY_MS = 5_000;

/**
 * How long to wait between tries of something that is made again and again. What breaks as soon as it stands is tried
 * less and less often, like what never stands at all.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #random: RandomSource;
  #attempt = 1;
  #upSince: number | undefined;

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Number of the try that is next or under way, from 1; 1 again after something that held. */
  get attempt(): number {
    return this.#attempt;
  }

  /** It stands. */
  up(): void {
    this.#upSince = this.#clock.now();
  }

  /** It ended, or did not come to stand; the result is how long to wait before the next try, in ms. */
  down(): number {
    const held = this.#upSince !== undefined && this.#clock.now() - this.#upSince >= STEADY_MS;
    this.#upSince = undefined;
    const [byte = 0] = this.#random(new Uint8Array(1));
    const waitMs = backOffMs(held ? 1 : this.#attempt, () => byte / 256);
    this.#attempt = held ? 1 : this.#attempt + 1;
    return waitMs;
  }
}
