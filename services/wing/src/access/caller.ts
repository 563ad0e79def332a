import { type ContextKey, createContextKey } from "@connectrpc/connect";
import type { UserId } from "@wingthing/contracts/ids";

/** A person, as a ticket or the kernel vouches for them. */
export interface Person {
  /** Absent for the person of this machine, whom no roost has to know. */
  readonly userId?: UserId;
  readonly displayName: string;
  readonly role: "owner" | "member";
}

/** Who is at the other end. */
export type Standing =
  /** A sealed channel before its ticket; the binding is what its ticket has to name. */
  | { readonly kind: "stranger"; readonly channelBinding: Uint8Array }
  | { readonly kind: "admitted"; readonly person: Person }
  /** A program of the same user, on the wing's own socket. */
  | { readonly kind: "local"; readonly person: Person }
  /** Nobody said who it is: every call is refused. */
  | { readonly kind: "unknown" };

/** A channel presented a second ticket. */
export class AlreadyAuthenticatedError extends Error {
  override readonly name = "AlreadyAuthenticatedError";
  constructor() {
    super("this channel is authenticated already: open a new channel to come as somebody else");
  }
}

/** Who calls; one for each channel, shared by all its calls, so that an Authenticate counts for those that follow. */
export class Caller {
  #standing: Standing;

  private constructor(standing: Standing) {
    this.#standing = standing;
  }

  static stranger(channelBinding: Uint8Array): Caller {
    return new Caller({ kind: "stranger", channelBinding });
  }

  /** The owner, vouched for by the mode of the socket that the call came through. */
  static local(displayName: string): Caller {
    return new Caller({ kind: "local", person: { displayName, role: "owner" } });
  }

  static unknown(): Caller {
    return new Caller({ kind: "unknown" });
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** The person, once there is one. */
  get person(): Person | undefined {
    const standing = this.#standing;
    return standing.kind === "admitted" || standing.kind === "local" ? standing.person : undefined;
  }

  /** Notes whom the ticket of this channel named. @throws AlreadyAuthenticatedError. */
  admit(person: Person): void {
    if (this.#standing.kind !== "stranger") throw new AlreadyAuthenticatedError();
    this.#standing = { kind: "admitted", person };
  }
}

/** Where a call finds its caller; without a value nobody is let in. */
export const callerKey: ContextKey<Caller> = createContextKey(Caller.unknown(), { description: "caller" });
