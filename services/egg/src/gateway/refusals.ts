import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Refusal, RefusalSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";

/** A package manager that was refused tries dozens of times in a moment; a person reads a few. */
export const REFUSAL_BURST = 32;

/** Refusals that go on for long are shown at this pace. */
const REFUSALS_PER_SECOND = 4;

/** Nobody listens yet while the agent starts; more than one burst cannot come. */
const MAX_WAITING = REFUSAL_BURST;

/** A client asks for both families of a name, and tries again at once: that is one attempt to a person. */
const REPEAT_MS = 2_000;

/** Attempts that are remembered to recognise their repetition; a burst and a little more. */
const MAX_RECENT = 64;

/** The longest name of DNS. */
const MAX_HOST_CHARACTERS = 253;

/** What was refused. */
export interface RefusedAttempt {
  readonly host: string;
  /** 0 for a name lookup. */
  readonly port: number;
  readonly reason: string;
}

/**
 * Tells about refusals at a pace that nothing inside can raise: an attempt that repeats itself at once is told once,
 * different ones pass a token bucket, and the next one that passes carries the count of those that did not.
 */
export class Refusals {
  readonly #now: () => number;
  readonly #waiting: Refusal[] = [];
  #handlers: readonly ((refusal: Refusal) => void)[] = [];
  #tokens = REFUSAL_BURST;
  #filledAt: number;
  #leftOut = 0;
  /** When each attempt was last made; oldest first. */
  readonly #recent = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#filledAt = now();
  }

  /** Calls back for each refusal that is told; the first handler also gets those from before. */
  onRefusal(handler: (refusal: Refusal) => void): void {
    this.#handlers = [...this.#handlers, handler];
    for (const refusal of this.#waiting.splice(0)) handler(refusal);
  }

  add(attempt: RefusedAttempt): void {
    if (this.#isRepeated(attempt)) return;
    if (!this.#takeToken()) {
      this.#leftOut += 1;
      return;
    }
    const refusal = create(RefusalSchema, {
      host: printable(attempt.host),
      port: attempt.port,
      reason: `${attempt.reason}${this.#leftOutInWords()}`,
      refusedAt: timestampFromMs(this.#now()),
    });
    this.#leftOut = 0;
    if (this.#handlers.length === 0 && this.#waiting.length < MAX_WAITING) this.#waiting.push(refusal);
    for (const handler of this.#handlers) handler(refusal);
  }

  #isRepeated(attempt: RefusedAttempt): boolean {
    const now = this.#now();
    const key = `${attempt.host} ${attempt.port} ${attempt.reason}`;
    const last = this.#recent.get(key);
    this.#recent.delete(key);
    this.#recent.set(key, now);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > MAX_RECENT && oldest !== undefined) this.#recent.delete(oldest);
    return last !== undefined && now - last < REPEAT_MS;
  }

  #takeToken(): boolean {
    const now = this.#now();
    const earned = (Math.max(0, now - this.#filledAt) / 1_000) * REFUSALS_PER_SECOND;
    this.#tokens = Math.min(REFUSAL_BURST, this.#tokens + earned);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #leftOutInWords(): string {
    return this.#leftOut === 0 ? "" : ` (${this.#leftOut} more refusals before this one were not listed)`;
  }
}

/** The host is what a program inside chose: it must not draw on a person's terminal or fill it. */
function printable(host: string): string {
  return host.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, MAX_HOST_CHARACTERS);
}
