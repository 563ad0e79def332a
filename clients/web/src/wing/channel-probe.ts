import type { Clock } from "@wingthing/attached-session/clock";

/** Between two looks at whether the other end still answers, in ms: radios sleep between them. */
export const PROBE_EVERY_MS = 10_000;
/** An answer that takes longer means that the path is gone, in ms: slower links exist, but nobody types over them. */
export const PROBE_WAIT_MS = 5_000;

/** What a probe needs of a channel. */
export interface ProbedChannel {
  /** Round trip in ms. */
  ping(): Promise<number>;
}

/** Measures the round trip of a channel again and again, and notices when nothing comes back any more. */
export class ChannelProbe {
  readonly #clock: Clock;
  readonly #onRoundTrip: (ms: number) => void;
  #early = new AbortController();

  constructor(clock: Clock, onRoundTrip: (ms: number) => void) {
    this.#clock = clock;
    this.#onRoundTrip = onRoundTrip;
  }

  /** Looks now instead of at the next turn. */
  now(): void {
    this.#early.abort();
  }

  /** Resolves with true when an answer stayed away, with false when the signal aborted. */
  async untilSilent(channel: ProbedChannel, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      this.#early = new AbortController();
      const roundTripMs = await this.#ping(channel, signal);
      if (signal.aborted) return false;
      if (roundTripMs === undefined) return true;
      this.#onRoundTrip(roundTripMs);
      await this.#clock.sleep(PROBE_EVERY_MS, AbortSignal.any([signal, this.#early.signal]));
    }
    return false;
  }

  async #ping(channel: ProbedChannel, signal: AbortSignal): Promise<number | undefined> {
    const answered = new AbortController();
    const timeout = this.#clock.sleep(PROBE_WAIT_MS, AbortSignal.any([signal, answered.signal]));
    // A ping fails when the channel ended, which its owner learns elsewhere.
    const ping = channel.ping().catch(() => undefined);
    const roundTripMs = await Promise.race([ping, timeout]);
    answered.abort();
    return roundTripMs ?? undefined;
  }
}
