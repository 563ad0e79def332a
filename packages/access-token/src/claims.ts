import { parseUserId, parseWingId, type UserId } from "@wingthing/contracts/ids";
import { z } from "zod";

/** The one signature algorithm; never taken from a token. */
export const ALGORITHM = "ES256";
/** `iss` of every token. */
export const ISSUER = "roost-auth";
/** `aud` of a token that opens a link to the relay. */
export const RELAY_AUDIENCE = "relay";
/** `typ` of a relay token: a ticket cannot be passed off as one. */
export const RELAY_TOKEN_TYPE = "wt-relay+jwt";
/** `typ` of a channel ticket. */
export const CHANNEL_TICKET_TYPE = "wt-ticket+jwt";

/** Life of a relay token: it is shown once, when a link opens; long enough for a slow reconnect. */
export const RELAY_TOKEN_LIFETIME_S = 600;
/** Life of a channel ticket, at most: one handshake. */
export const CHANNEL_TICKET_LIFETIME_S = 60;
/** Clocks of roost and wing may differ by this. */
export const CLOCK_SKEW_S = 30;
/** A token longer than this is not read; ours are under 1 KB. */
export const MAX_TOKEN_CHARS = 4096;
/** Groups in a relay token: a person and their orgs. */
export const MAX_GROUPS = 64;

const userId = z.string().transform((text, ctx) => parsed(() => parseUserId(text), ctx));
const wingId = z.string().transform((text, ctx) => parsed(() => parseWingId(text), ctx));

function parsed<T>(parse: () => T, ctx: z.RefinementCtx): T {
  try {
    return parse();
  } catch (error) {
    ctx.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}

const times = { iat: z.int().nonnegative(), exp: z.int().nonnegative() };

/** Shape of a relay token. */
export const relayClaimsSchema = z.object({
  ...times,
  sub: userId,
  aud: z.literal(RELAY_AUDIENCE),
  wing: wingId.optional(),
  groups: z.array(z.string().min(1).max(128)).max(MAX_GROUPS),
});

/** Shape of a channel ticket. */
export const ticketClaimsSchema = z.object({
  ...times,
  sub: userId,
  aud: wingId,
  name: z.string().max(256),
  email: z.string().max(320).optional(),
  role: z.enum(["owner", "member"]).optional(),
  cnf: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "wanted base64url of 32 bytes"),
});

/** Who opens a link to the relay. With `wing` it is that wing's link, else a person's browser. */
export type RelayClaims = Readonly<z.output<typeof relayClaimsSchema>>;

/** Who a person is, towards one wing, on one channel. */
export type TicketClaims = Readonly<z.output<typeof ticketClaimsSchema>>;

/** Group of a person: browser and wing may meet when they share a group. */
export const userGroup = (userId: UserId): string => `user:${userId}`;
