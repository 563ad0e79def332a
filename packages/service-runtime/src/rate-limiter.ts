import type { Clock } from "./clock.ts";

/** How often one caller may do something. */
export interface RateLimit {
  /** At once, after a rest. */
  readonly burst: number;
  /** In the long run. */
  readonly perSecond: number;
  /** Callers remembered; beyond it the one not seen for longest is forgotten. */
  readonly maxCallers: number;
}

/** The caller asks too often. */
export class RateLimitedError extends Error {
  override readonly name = "RateLimitedError";
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super(`Too many requests. Try again in ${Math.ceil(retryAfterMs / 1000)} s.`);
    this.retryAfterMs = retryAfterMs;
  }
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A token bucket a caller, for a bounded number of callers. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit, clock: Pick<Clock, "monotonicMs">) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Takes one; throws RateLimitedError when there is none. */
  take(caller: string): void {
    const bucket = this.#bucket(caller);
    if (bucket.tokens < 1) throw new RateLimitedError(((1 - bucket.tokens) * 1000) / this.#limit.perSecond);
    bucket.tokens -= 1;
  }

  /** True when `take` would throw. */
  isExhausted(caller: string): boolean {
    return this.#bucket(caller).tokens < 1;
  }

  /** Callers remembered. */
  get callers(): number {
    return this.#buckets.size;
  }

  #bucket(caller: string): Bucket {
    const now = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(caller) ?? { tokens: this.#limit.burst, filledAt: now };
    const gained = ((now - bucket.filledAt) / 1000) * this.#limit.perSecond;
    bucket.tokens = Math.min(this.#limit.burst, bucket.tokens + gained);
    bucket.filledAt = now;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#limit.maxCallers && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
