import type { UserId, WingId } from "@wingthing/contracts/ids";
import { SignJWT } from "jose";
import { encodeChannelBinding } from "./channel-binding.ts";
import {
  ALGORITHM,
  CHANNEL_TICKET_LIFETIME_S,
  CHANNEL_TICKET_TYPE,
  ISSUER,
  MAX_GROUPS,
  RELAY_AUDIENCE,
  RELAY_TOKEN_LIFETIME_S,
  RELAY_TOKEN_TYPE,
} from "./claims.ts";

/** The private half of a published key. */
export interface SigningKey {
  /** Names the key in a token's header and in the published set. */
  readonly kid: string;
  /** ES256. */
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

/** What a browser's relay token says. */
export interface RelayTokenInput {
  readonly userId: UserId;
  readonly groups: readonly string[];
}

/** What a wing's relay token says. */
export interface WingTokenInput extends RelayTokenInput {
  readonly wingId: WingId;
}

/** What a channel ticket says. */
export interface ChannelTicketInput {
  readonly subject: TicketSubject;
  readonly wingId: WingId;
  /** SHA-256 of the initiator's ephemeral key, 32 bytes. */
  readonly channelBinding: Uint8Array;
}

/** Signs tokens; used by roost-auth only. */
export interface TokenIssuer {
  issueRelayToken(input: RelayTokenInput): Promise<IssuedToken>;
  issueWingToken(input: WingTokenInput): Promise<IssuedToken>;
  issueChannelTicket(input: ChannelTicketInput): Promise<IssuedToken>;
}

/** The claims would make a token that no verifier accepts. */
export class TooManyGroupsError extends Error {
  override readonly name = "TooManyGroupsError";
  constructor(found: number) {
    super(`A relay token names at most ${MAX_GROUPS} groups; this person is in ${found}. Leave some orgs.`);
  }
}

interface Shape {
  readonly type: string;
  readonly lifetimeS: number;
}

const RELAY_TOKEN: Shape = { type: RELAY_TOKEN_TYPE, lifetimeS: RELAY_TOKEN_LIFETIME_S };
const CHANNEL_TICKET: Shape = { type: CHANNEL_TICKET_TYPE, lifetimeS: CHANNEL_TICKET_LIFETIME_S };

/** Makes an issuer; `now` is wall time in milliseconds. */
export function createTokenIssuer(options: { key: SigningKey; now?: () => number }): TokenIssuer {
  const { key, now = Date.now } = options;

  async function sign(shape: Shape, claims: Readonly<Record<string, unknown>>): Promise<IssuedToken> {
    const issuedAtS = Math.floor(now() / 1000);
    const expiresAtS = issuedAtS + shape.lifetimeS;
    const token = await new SignJWT({ ...claims, iss: ISSUER, iat: issuedAtS, exp: expiresAtS })
      .setProtectedHeader({ alg: ALGORITHM, typ: shape.type, kid: key.kid })
      .sign(key.privateKey);
    return { token, expiresAt: expiresAtS * 1000 };
  }

  return {
    async issueRelayToken({ userId, groups }) {
      assertGroups(groups);
      return sign(RELAY_TOKEN, { sub: userId, aud: RELAY_AUDIENCE, groups });
    },
    async issueWingToken({ userId, wingId, groups }) {
      assertGroups(groups);
      return sign(RELAY_TOKEN, { sub: userId, aud: RELAY_AUDIENCE, wing: wingId, groups });
    },
    async issueChannelTicket({ subject, wingId, channelBinding }) {
      const { userId, ...person } = subject;
      return sign(CHANNEL_TICKET, {
        ...person,
        sub: userId,
        aud: wingId,
        cnf: encodeChannelBinding(channelBinding),
      });
    },
  };
}

function assertGroups(groups: readonly string[]): void {
  if (groups.length > MAX_GROUPS) throw new TooManyGroupsError(groups.length);
}
