import type { UserId, WingId } from "@wingthing/contracts/ids";

/** The private half of a published key. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** A signed token and when it ends. */
export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly expiresAt: number;
}

/** The person a ticket speaks of. */
export interface TicketSubject {
  readonly userId: UserId;
  readonly name: string;
  readonly email?: string | undefined;
  readonly role?: "owner" | "member" | undefined;
}

/** Signs tokens; used by roost-auth only. */
export interface TokenIssuer {
  issueRelayToken(input: { userId: UserId; groups: readonly string[] }): Promise<IssuedToken>;
  issueWingToken(input: { userId: UserId; wingId: WingId; groups: readonly string[] }): Promise<IssuedToken>;
  issueChannelTicket(input: {
    subject: TicketSubject;
    wingId: WingId;
    channelBinding: Uint8Array;
  }): Promise<IssuedToken>;
}

/** Makes an issuer; `now` is wall time in milliseconds. */
export function createTokenIssuer(_options: { key: SigningKey; now?: () => number }): TokenIssuer {
  throw new Error("not built yet");
}
