import { userGroup } from "@wingthing/access-token/claims";
import type { IssuedToken, TokenIssuer } from "@wingthing/access-token/issue";
import type { WingId } from "@wingthing/contracts/ids";
import type { Clock } from "@wingthing/service-runtime/clock";
import { type RateLimit, RateLimiter } from "@wingthing/service-runtime/rate-limiter";
import type { MachineRecord, Store, UserRecord } from "../store/store.ts";

/** A person's browsers ask once a channel, all at once after a break. */
export const PERSON_LIMIT: RateLimit = { burst: 100, perSecond: 5, maxCallers: 10_000 };
/** A wing asks once a link and backs off between. */
export const WING_LIMIT: RateLimit = { burst: 20, perSecond: 0.5, maxCallers: 10_000 };

/** There is no such wing, or it is not this person's to reach; the two are not told apart. */
export class NoSuchWingError extends Error {
  override readonly name = "NoSuchWingError";
  constructor(wingId: WingId) {
    super(`There is no wing ${wingId} that you may reach. Is it signed in here, and as you?`);
  }
}

/** What a ticket is wanted for. */
export interface TicketRequest {
  readonly wingId: WingId;
  /** SHA-256 of the caller's ephemeral key on the channel, 32 bytes. */
  readonly channelBinding: Uint8Array;
}

/** Decides who gets which token. */
export class TicketOffice {
  readonly #store: Store;
  readonly #issuer: TokenIssuer;
  readonly #people: RateLimiter;
  readonly #wings: RateLimiter;

  constructor(options: { store: Store; issuer: TokenIssuer; clock: Pick<Clock, "monotonicMs"> }) {
    this.#store = options.store;
    this.#issuer = options.issuer;
    this.#people = new RateLimiter(PERSON_LIMIT, options.clock);
    this.#wings = new RateLimiter(WING_LIMIT, options.clock);
  }

  /** For a browser's link to the relay. Throws RateLimitedError. */
  async relayToken({ userId }: UserRecord): Promise<IssuedToken> {
    this.#people.take(userId);
    return this.#issuer.issueRelayToken({ userId, groups: [userGroup(userId)] });
  }

  /** For a wing's link to the relay. Throws RateLimitedError. */
  async wingToken({ wingId, ownerId }: MachineRecord): Promise<IssuedToken> {
    this.#wings.take(wingId);
    return this.#issuer.issueWingToken({ userId: ownerId, wingId, groups: [userGroup(ownerId)] });
  }

  /** For one channel to one wing. Throws NoSuchWingError, RateLimitedError. */
  async channelTicket(person: UserRecord, { wingId, channelBinding }: TicketRequest): Promise<IssuedToken> {
    this.#people.take(person.userId);
    const machine = await this.#store.findMachine(wingId);
    if (!machine || !mayReach(person, machine)) throw new NoSuchWingError(wingId);
    const { userId, displayName: name, email } = person;
    return this.#issuer.issueChannelTicket({ subject: { userId, name, email, role: "owner" }, wingId, channelBinding });
  }
}

/** A wing is its owner's. */
function mayReach(person: UserRecord, machine: MachineRecord): boolean {
  return machine.ownerId === person.userId;
}
