import { createHash } from "node:crypto";
import type { Clock } from "@wingthing/service-runtime/clock";

/** Tickets that are remembered at once. One lives 60 s, and a wing takes no thousand channels a minute. */
export const MAX_REMEMBERED_TICKETS = 1_000;
/** A ticket is remembered this much beyond its end, for a verifier that allows clocks to differ. */
const AFTER_END_MS = 120_000;

/** The ticket was presented before. */
export class TicketUsedError extends Error {
  override readonly name = "TicketUsedError";
  constructor() {
    super("this ticket was used before, and each opens one channel: ask the roost for a new one");
  }
}

/** So many tickets came that used ones could no longer be told from new ones. */
export class TooManyTicketsError extends Error {
  override readonly name = "TooManyTicketsError";
  constructor() {
    super(`${MAX_REMEMBERED_TICKETS} tickets were used within minutes: wait a minute and try again`);
  }
}

/** Remembers tickets until they are worthless by themselves, so that each is taken once. */
export class UsedTickets {
  readonly #clock: Clock;
  /** Digest of a ticket → when it may be forgotten, milliseconds since the epoch. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes a verified ticket. What was signed counts and not the signature, of which ES256 allows a second form.
   * @throws TicketUsedError, TooManyTicketsError.
   */
  take(ticket: string, endsAtMs: number): void {
    const digest = createHash("sha256")
      .update(ticket.slice(0, ticket.lastIndexOf(".")))
      .digest("base64");
    if (this.#until.has(digest)) throw new TicketUsedError();
    this.#forgetEnded();
    if (this.#until.size >= MAX_REMEMBERED_TICKETS) throw new TooManyTicketsError();
    this.#until.set(digest, endsAtMs + AFTER_END_MS);
  }

  #forgetEnded(): void {
    const now = this.#clock.now();
    for (const [digest, until] of this.#until) {
      if (until <= now) this.#until.delete(digest);
    }
  }
}
