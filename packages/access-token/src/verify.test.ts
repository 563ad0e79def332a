import { parseUserId, parseWingId } from "@wingthing/contracts/ids";
import { exportSPKI, type JWTHeaderParameters, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { CHANNEL_TICKET_LIFETIME_S, CLOCK_SKEW_S, MAX_GROUPS, MAX_TOKEN_CHARS, userGroup } from "./claims.ts";
import { createTokenIssuer, type TokenIssuer, TooManyGroupsError } from "./issue.ts";
import { keysFromJwks } from "./published-keys.ts";
import { newRoostKey, type RoostKey } from "./testing/roost-key.ts";
import {
  BadSignatureError,
  MalformedTokenError,
  TokenExpiredError,
  TokenNotYetValidError,
  WrongAudienceError,
  WrongBindingError,
} from "./token-error.ts";
import { createVerifier, type TokenVerifier } from "./verify.ts";

const NOW = Date.UTC(2026, 0, 1);
const NOW_S = NOW / 1000;
const userId = parseUserId("uaaaaaaaaaaaaaaaaaaaa");
const wingId = parseWingId("waaaaaaaaaaaaaaaaaaaa");
const otherWingId = parseWingId("wbbbbbbbbbbbbbbbbbbbb");
const channelBinding = new Uint8Array(32).fill(7);
const cnf = Buffer.from(channelBinding).toString("base64url");
const expected = { wingId, channelBinding };

let key: RoostKey;
let stranger: RoostKey;
let issuer: TokenIssuer;
let verifier: TokenVerifier;

beforeAll(async () => {
  key = await newRoostKey("k1");
  stranger = await newRoostKey("k1");
  issuer = createTokenIssuer({ key: key.signing, now: () => NOW });
  verifier = verifierAt(NOW);
});

const verifierAt = (ms: number) => createVerifier(keysFromJwks(key.published), { now: () => ms });
const ticketFor = (subject = { userId, name: "Ada" }) => issuer.issueChannelTicket({ subject, wingId, channelBinding });

const goodTicket = { iss: "roost-auth", sub: userId, aud: wingId, name: "Ada", cnf, iat: NOW_S, exp: NOW_S + 60 };
const goodHeader = { alg: "ES256", typ: "wt-ticket+jwt", kid: "k1" };

function signed(claims: Record<string, unknown>, header: JWTHeaderParameters = goodHeader, signing = key) {
  return new SignJWT(claims).setProtectedHeader(header).sign(signing.signing.privateKey);
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("what the issuer signs, the verifier reads back", () => {
  test("a browser's relay token names the person and their groups", async () => {
    const { token, expiresAt } = await issuer.issueRelayToken({ userId, groups: [userGroup(userId)] });
    const claims = await verifier.verifyRelayToken(token);
    expect(claims).toMatchObject({ sub: userId, groups: [`user:${userId}`] });
    expect(claims.wing).toBeUndefined();
    expect(claims.exp * 1000).toBe(expiresAt);
  });

  test("a wing's relay token names the wing too", async () => {
    const { token } = await issuer.issueWingToken({ userId, wingId, groups: [] });
    expect((await verifier.verifyRelayToken(token)).wing).toBe(wingId);
  });

  test("a ticket carries the person, the wing and the channel, for at most a minute", async () => {
    const subject = { userId, name: "Ada", email: "ada@example.org", role: "owner" } as const;
    const { token, expiresAt } = await ticketFor(subject);
    const claims = await verifier.verifyChannelTicket(token, expected);
    expect(claims).toMatchObject({
      sub: userId,
      aud: wingId,
      name: "Ada",
      email: "ada@example.org",
      role: "owner",
      cnf,
    });
    expect(expiresAt - NOW).toBe(CHANNEL_TICKET_LIFETIME_S * 1000);
  });

  test("a binding that is not a SHA-256 is refused before anything is signed", async () => {
    const short = { subject: { userId, name: "Ada" }, wingId, channelBinding: new Uint8Array(31) };
    await expect(issuer.issueChannelTicket(short)).rejects.toThrow(RangeError);
  });

  test.each([
    { groups: MAX_GROUPS - 1, accepted: true },
    { groups: MAX_GROUPS, accepted: true },
    { groups: MAX_GROUPS + 1, accepted: false },
  ])("$groups groups: accepted is $accepted", async ({ groups, accepted }) => {
    const issuing = issuer.issueRelayToken({ userId, groups: Array.from({ length: groups }, (_, i) => `org:${i}`) });
    if (accepted) await expect(issuing.then(({ token }) => verifier.verifyRelayToken(token))).resolves.toBeDefined();
    else await expect(issuing).rejects.toThrow(TooManyGroupsError);
  });
});

describe("a ticket's life, with clocks that differ", () => {
  const life = CHANNEL_TICKET_LIFETIME_S + CLOCK_SKEW_S;
  test.each([
    { atS: -CLOCK_SKEW_S - 1, error: TokenNotYetValidError },
    { atS: -CLOCK_SKEW_S, error: undefined },
    { atS: 0, error: undefined },
    { atS: life - 1, error: undefined },
    { atS: life, error: TokenExpiredError },
    { atS: life + 1, error: TokenExpiredError },
  ])("$atS s after it was made: $error.name", async ({ atS, error }) => {
    const { token } = await ticketFor();
    const checking = verifierAt(NOW + atS * 1000).verifyChannelTicket(token, expected);
    if (error) await expect(checking).rejects.toThrow(error);
    else await expect(checking).resolves.toMatchObject({ sub: userId });
  });
});

describe("forged tokens end in a named error", () => {
  const cases: readonly {
    what: string;
    make: () => string | Promise<string>;
    error: new (...args: never[]) => Error;
  }[] = [
    {
      what: "alg none",
      make: () => `${part({ ...goodHeader, alg: "none" })}.${part(goodTicket)}.`,
      error: BadSignatureError,
    },
    {
      what: "alg None",
      make: () => `${part({ ...goodHeader, alg: "None" })}.${part(goodTicket)}.AAAA`,
      error: BadSignatureError,
    },
    { what: "HS256 keyed with our public key", make: hs256WithPublicKey, error: BadSignatureError },
    {
      what: "another roost's key under our kid",
      make: () => signed(goodTicket, goodHeader, stranger),
      error: BadSignatureError,
    },
    { what: "an unknown kid", make: () => signed(goodTicket, { ...goodHeader, kid: "k2" }), error: BadSignatureError },
    {
      what: "no kid",
      make: () => signed(goodTicket, { alg: "ES256", typ: "wt-ticket+jwt" }),
      error: BadSignatureError,
    },
    { what: "a key of its own in the header", make: jwkInHeader, error: BadSignatureError },
    { what: "an unknown critical header", make: unknownCrit, error: MalformedTokenError },
    { what: "a relay token as a ticket", make: relayToken, error: MalformedTokenError },
    {
      what: "a ticket for another wing",
      make: () => signed({ ...goodTicket, aud: otherWingId }),
      error: WrongAudienceError,
    },
    {
      what: "several audiences",
      make: () => signed({ ...goodTicket, aud: [wingId, otherWingId] }),
      error: MalformedTokenError,
    },
    { what: "another issuer", make: () => signed({ ...goodTicket, iss: "evil" }), error: MalformedTokenError },
    {
      what: "another channel's binding",
      make: () => signed({ ...goodTicket, cnf: "A".repeat(43) }),
      error: WrongBindingError,
    },
    { what: "no binding", make: () => signed({ ...goodTicket, cnf: undefined }), error: MalformedTokenError },
    { what: "no end", make: () => signed({ ...goodTicket, exp: undefined }), error: MalformedTokenError },
    { what: "a life of a day", make: () => signed({ ...goodTicket, exp: NOW_S + 86_400 }), error: MalformedTokenError },
    { what: "61 seconds", make: () => signed({ ...goodTicket, exp: NOW_S + 61 }), error: MalformedTokenError },
    {
      what: "a subject that is no user id",
      make: () => signed({ ...goodTicket, sub: "root" }),
      error: MalformedTokenError,
    },
    { what: "a role of its own", make: () => signed({ ...goodTicket, role: "admin" }), error: MalformedTokenError },
    { what: "nothing", make: () => "", error: MalformedTokenError },
    { what: "two parts", make: () => "a.b", error: MalformedTokenError },
    { what: "not base64url", make: () => "!!!.???.***", error: MalformedTokenError },
  ];

  test.each(cases)("$what", async ({ make, error }) => {
    await expect(verifier.verifyChannelTicket(await make(), expected)).rejects.toThrow(error);
  });

  test("a ticket is no relay token", async () => {
    const { token } = await ticketFor();
    await expect(verifier.verifyRelayToken(token)).rejects.toThrow(/Not a relay token|for somebody else/);
  });

  test("every single changed character of a ticket is noticed", async () => {
    const { token } = await ticketFor();
    for (let at = 0; at < token.length; at += 1) {
      // Of the last character only two bits belong to the signature, so several spell the same one.
      if (at === token.length - 1) continue;
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      await expect(verifier.verifyChannelTicket(changed, expected), `character ${at}`).rejects.toThrow();
    }
  });

  test("no refusal quotes the token", async () => {
    const token = await signed({ ...goodTicket, aud: otherWingId });
    const error: Error = await verifier.verifyChannelTicket(token, expected).then(
      () => expect.unreachable(),
      (error) => error,
    );
    for (const piece of token.split(".")) expect(error.message).not.toContain(piece);
  });

  test.each([
    { chars: MAX_TOKEN_CHARS - 1, text: /Not a relay token/ },
    { chars: MAX_TOKEN_CHARS, text: /Not a relay token/ },
    { chars: MAX_TOKEN_CHARS + 1, text: /at most 4096/ },
  ])("$chars characters: $text", async ({ chars, text }) => {
    await expect(verifier.verifyRelayToken("a".repeat(chars))).rejects.toThrow(text);
  });

  async function hs256WithPublicKey() {
    const secret = new TextEncoder().encode(await exportSPKI(key.publicKey));
    return new SignJWT(goodTicket).setProtectedHeader({ ...goodHeader, alg: "HS256" }).sign(secret);
  }

  async function jwkInHeader() {
    const jwk = { ...stranger.published.keys[0]! };
    return signed(goodTicket, { alg: "ES256", typ: "wt-ticket+jwt", jwk }, stranger);
  }

  function unknownCrit() {
    return `${part({ ...goodHeader, crit: ["x"], x: 1 })}.${part(goodTicket)}.AAAA`;
  }

  async function relayToken() {
    return (await issuer.issueRelayToken({ userId, groups: [] })).token;
  }
});
