import type { WingId } from "@wingthing/contracts/ids";
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { z } from "zod";
import { encodeChannelBinding } from "./channel-binding.ts";
import {
  ALGORITHM,
  CHANNEL_TICKET_LIFETIME_S,
  CHANNEL_TICKET_TYPE,
  CLOCK_SKEW_S,
  ISSUER,
  MAX_TOKEN_CHARS,
  RELAY_AUDIENCE,
  RELAY_TOKEN_LIFETIME_S,
  RELAY_TOKEN_TYPE,
  type RelayClaims,
  relayClaimsSchema,
  type TicketClaims,
  ticketClaimsSchema,
} from "./claims.ts";
import {
  BadSignatureError,
  MalformedTokenError,
  TokenError,
  TokenExpiredError,
  TokenNotYetValidError,
  WrongAudienceError,
  WrongBindingError,
} from "./token-error.ts";

/** Where a verifier finds the roost's public keys: `keysFromJwks`, `keysFromUrl`, or RoostAuth.keys. */
export interface TokenVerifierKeys {
  /** The ES256 public key of this id; undefined when the roost has none such. Rejects with KeysUnavailableError. */
  keyFor(kid: string): Promise<CryptoKey | undefined>;
}

/** What a ticket must be for. */
export interface TicketExpectation {
  readonly wingId: WingId;
  /** SHA-256 of the initiator's ephemeral key: SealedChannel.channelBinding, 32 bytes. */
  readonly channelBinding: Uint8Array;
}

/** Checks tokens; every refusal is a TokenError. */
export interface TokenVerifier {
  verifyRelayToken(token: string): Promise<RelayClaims>;
  verifyChannelTicket(ticket: string, expected: TicketExpectation): Promise<TicketClaims>;
}

interface Wanted<S extends z.ZodType> {
  readonly what: string;
  readonly type: string;
  readonly audience: string;
  readonly lifetimeS: number;
  readonly schema: S;
}

/** Makes a verifier; `now` is wall time in milliseconds. */
export function createVerifier(keys: TokenVerifierKeys, options: { now?: () => number } = {}): TokenVerifier {
  const { now = Date.now } = options;
  const getKey: JWTVerifyGetKey = async ({ kid }) => {
    const key = kid === undefined ? undefined : await keys.keyFor(kid);
    if (!key) throw new BadSignatureError("The token is signed by a key that this roost does not publish.");
    return key;
  };

  async function verify<S extends z.ZodType>(token: string, wanted: Wanted<S>): Promise<z.output<S>> {
    if (token.length > MAX_TOKEN_CHARS) {
      throw new MalformedTokenError(`A ${wanted.what} has at most ${MAX_TOKEN_CHARS} characters.`);
    }
    const payload = await verifiedPayload(token, { getKey, wanted, nowMs: now() });
    const claims = wanted.schema.safeParse(payload);
    if (!claims.success) throw new MalformedTokenError(`${wanted.what}: ${claims.error.issues[0]?.message}`);
    assertLifetime(payload, wanted);
    return claims.data;
  }

  return {
    verifyRelayToken: (token) => verify(token, RELAY_TOKEN),
    async verifyChannelTicket(ticket, { wingId, channelBinding }) {
      const claims = await verify(ticket, { ...CHANNEL_TICKET, audience: wingId });
      if (claims.cnf === encodeChannelBinding(channelBinding)) return claims;
      throw new WrongBindingError("The ticket was made for another channel; ask the roost for one for this channel.");
    },
  };
}

const RELAY_TOKEN = {
  what: "relay token",
  type: RELAY_TOKEN_TYPE,
  audience: RELAY_AUDIENCE,
  lifetimeS: RELAY_TOKEN_LIFETIME_S,
  schema: relayClaimsSchema,
};

const CHANNEL_TICKET = {
  what: "channel ticket",
  type: CHANNEL_TICKET_TYPE,
  lifetimeS: CHANNEL_TICKET_LIFETIME_S,
  schema: ticketClaimsSchema,
};

interface Check {
  readonly getKey: JWTVerifyGetKey;
  readonly wanted: Wanted<z.ZodType>;
  readonly nowMs: number;
}

async function verifiedPayload(token: string, { getKey, wanted, nowMs }: Check): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, getKey, {
      algorithms: [ALGORITHM],
      typ: wanted.type,
      issuer: ISSUER,
      audience: wanted.audience,
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(nowMs),
      requiredClaims: ["exp", "iat", "sub"],
    });
    if (payload.iat !== undefined && payload.iat > nowMs / 1000 + CLOCK_SKEW_S) throw notYetValid(wanted.what);
    return payload;
  } catch (error) {
    throw asTokenError(error, wanted.what);
  }
}

/** A token that claims a longer life than its kind has was not made by our issuer's rules. */
function assertLifetime({ exp = 0, iat = 0 }: JWTPayload, { what, lifetimeS }: Wanted<z.ZodType>): void {
  if (exp - iat <= lifetimeS) return;
  throw new MalformedTokenError(`A ${what} lives at most ${lifetimeS} s; this one claims ${exp - iat} s.`);
}

function notYetValid(what: string): TokenError {
  return new TokenNotYetValidError(`The ${what} is from the future: set the clocks of roost and wing.`);
}

/** Maps what jose throws; see https://github.com/panva/jose/tree/main/docs/util/errors. */
function asTokenError(error: unknown, what: string): TokenError {
  if (error instanceof TokenError) return error;
  if (error instanceof errors.JWTExpired) {
    return new TokenExpiredError(`The ${what} has expired; ask the roost for a new one.`);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return new WrongAudienceError(`The ${what} is for somebody else.`);
    if (error.claim === "nbf") return notYetValid(what);
    return new MalformedTokenError(`Not a ${what}: its "${error.claim}" is not what it should be.`);
  }
  const forged = error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed;
  if (forged) return new BadSignatureError(`The ${what} is not signed by this roost with ${ALGORITHM}.`);
  return new MalformedTokenError(`Not a ${what}.`);
}
