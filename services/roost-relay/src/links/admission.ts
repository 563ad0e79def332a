import type { Clock } from "@wingthing/service-runtime/clock";
import type { RelayLimits } from "../relay-limits.ts";
import { TokenBucket } from "./token-bucket.ts";

/** A person has as many links as one may have. */
export class TooManyLinksError extends Error {
  override readonly name = "TooManyLinksError";
  constructor(maxLinks: number) {
    super(
      `You have ${maxLinks} connections to this roost, which is the most: close tabs or stop wings you do not use.`,
    );
  }
}

/** A person with links, as far as the relay must know. */
interface Subject {
  readonly name: string;
  links: number;
  readonly opens: TokenBucket;
}

/** A socket's place among the links of the process and of a person. */
export interface Seat {
  /** The socket belongs to this person; throws TooManyLinksError. */
  take(subject: string): void;
  /** Whether the person may open a channel now; counts it. */
  mayOpen(): boolean;
  /** Frees the place. Idempotent. */
  leave(): void;
}

/** Counts sockets and opens, and refuses those beyond the limits. */
export class Admission {
  readonly #limits: RelayLimits;
  readonly #clock: Clock;
  readonly #active = new Map<string, Subject>();
  /** Without links, until their bucket is full: a reconnect must not refill it. In the order in which they left. */
  readonly #idle = new Map<string, Subject>();
  #greetings = 0;
  #seated = 0;

  constructor(limits: RelayLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Sockets that nobody has vouched for. */
  get greetings(): number {
    return this.#greetings;
  }

  /** People with links, or without and not forgotten yet. */
  get rememberedSubjects(): number {
    return this.#active.size + this.#idle.size;
  }

  /** A place for a new socket; undefined when there is none. */
  enter(): Seat | undefined {
    const { maxGreetings, maxLinks } = this.#limits;
    if (this.#greetings >= maxGreetings || this.#greetings + this.#seated >= maxLinks) return undefined;
    this.#greetings++;
    return this.#newSeat();
  }

  #newSeat(): Seat {
    let subject: Subject | undefined;
    let left = false;
    return {
      take: (name) => {
        if (left || subject) throw new Error("a seat is taken once, before it is left");
        subject = this.#seat(name);
        this.#greetings--;
        this.#seated++;
      },
      mayOpen: () => subject?.opens.take(this.#clock.monotonicMs()) ?? false,
      leave: () => {
        if (left) return;
        left = true;
        if (subject) this.#unseat(subject);
        else this.#greetings--;
      },
    };
  }

  #seat(name: string): Subject {
    this.#forgetIdle();
    const subject = this.#active.get(name) ?? this.#idle.get(name) ?? this.#newSubject(name);
    if (subject.links >= this.#limits.maxLinksPerSubject) throw new TooManyLinksError(this.#limits.maxLinksPerSubject);
    this.#idle.delete(name);
    this.#active.set(name, subject);
    subject.links++;
    return subject;
  }

  #newSubject(name: string): Subject {
    const { openBurst, opensPerSecond } = this.#limits;
    const rate = { burst: openBurst, perSecond: opensPerSecond };
    return { name, links: 0, opens: new TokenBucket(rate, this.#clock.monotonicMs()) };
  }

  #unseat(subject: Subject): void {
    this.#seated--;
    subject.links--;
    if (subject.links > 0) return;
    this.#active.delete(subject.name);
    this.#idle.set(subject.name, subject);
  }

  /** Whoever left first is forgotten first; the rest waits for the next call. */
  #forgetIdle(): void {
    const now = this.#clock.monotonicMs();
    for (const [name, { opens }] of this.#idle) {
      if (!opens.isFull(now)) return;
      this.#idle.delete(name);
    }
  }
}
