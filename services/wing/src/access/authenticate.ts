import type { TokenVerifier } from "@wingthing/access-token/verify";
import type { WingId } from "@wingthing/contracts/ids";
import { AlreadyAuthenticatedError, type Caller, type Person } from "./caller.ts";
import type { UsedTickets } from "./used-tickets.ts";

/** A wing without a roost has nobody's keys to check a ticket with. */
export class NoRoostError extends Error {
  override readonly name = "NoRoostError";
  constructor() {
    super("this wing was started without a roost and takes no tickets: start it with --roost URL");
  }
}

/** What tickets are checked with. */
export interface TicketCheck {
  readonly wingId: WingId;
  /** Absent without a roost. */
  readonly verifier?: TokenVerifier;
  readonly used: UsedTickets;
}

/**
 * Admits the caller by a ticket that the roost signed for this wing and this one channel. A program of this machine is
 * who it is, whatever ticket it shows.
 * @throws TokenError, TicketUsedError, TooManyTicketsError, AlreadyAuthenticatedError, NoRoostError.
 */
export async function authenticate(ticket: string, caller: Caller, check: TicketCheck): Promise<Person> {
  const { standing } = caller;
  if (standing.kind === "local") return standing.person;
  if (standing.kind !== "stranger") throw new AlreadyAuthenticatedError();
  if (check.verifier === undefined) throw new NoRoostError();
  const { wingId } = check;
  const claims = await check.verifier.verifyChannelTicket(ticket, { wingId, channelBinding: standing.channelBinding });
  check.used.take(ticket, claims.exp * 1_000);
  // A ticket that names no role gives the lesser one.
  const person: Person = { userId: claims.sub, displayName: claims.name, role: claims.role ?? "member" };
  caller.admit(person);
  return person;
}
