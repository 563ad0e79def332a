/** Branded ids, parsed once at the edge: a WingId cannot go where a SessionId is wanted. */

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** A wing: "w" and 20 of [a-z2-7] (100 random bits). */
export type WingId = Id<"WingId">;
/** A session, and the egg that runs it: "s" and 16 of [a-z2-7] (80 random bits). */
export type SessionId = Id<"SessionId">;
/** A person: "u" and 20 of [a-z2-7] (100 random bits). */
export type UserId = Id<"UserId">;
/** A connection to the relay, in its logs: "l" and 16 of [a-z2-7]. */
export type LinkId = Id<"LinkId">;

/** The text is not an id of the wanted kind. */
export class InvalidIdError extends Error {
  override readonly name = "InvalidIdError";
  constructor(kind: string, text: string, wanted: string) {
    super(`${JSON.stringify(text.slice(0, 40))} is not a ${kind}: wanted ${wanted}`);
  }
}

/** Fills the array with random bytes and returns it, as `crypto.getRandomValues` does. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

interface IdKind {
  readonly name: string;
  readonly prefix: string;
  readonly length: number;
}

const WING: IdKind = { name: "wing id", prefix: "w", length: 20 };
const SESSION: IdKind = { name: "session id", prefix: "s", length: 16 };
const USER: IdKind = { name: "user id", prefix: "u", length: 20 };
const LINK: IdKind = { name: "link id", prefix: "l", length: 16 };

function newId<T extends string>(kind: IdKind, random: RandomSource): T {
  const bytes = random(new Uint8Array(kind.length));
  // 256 is a multiple of 32, so the five low bits are uniform.
  return (kind.prefix + Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("")) as T;
}

function parseId<T extends string>(kind: IdKind, text: string): T {
  const wellFormed =
    text.length === kind.length + 1 &&
    text.startsWith(kind.prefix) &&
    [...text.slice(1)].every((char) => ALPHABET.includes(char));
  if (!wellFormed) throw new InvalidIdError(kind.name, text, `"${kind.prefix}" and ${kind.length} of [a-z2-7]`);
  return text as T;
}

/** Makes a wing id. */
export const newWingId = (random: RandomSource): WingId => newId(WING, random);
/** Makes a session id. */
export const newSessionId = (random: RandomSource): SessionId => newId(SESSION, random);
/** Makes a user id. */
export const newUserId = (random: RandomSource): UserId => newId(USER, random);
/** Makes a link id. */
export const newLinkId = (random: RandomSource): LinkId => newId(LINK, random);

/** Reads a wing id; throws InvalidIdError. */
export const parseWingId = (text: string): WingId => parseId(WING, text);
/** Reads a session id; throws InvalidIdError. */
export const parseSessionId = (text: string): SessionId => parseId(SESSION, text);
/** Reads a user id; throws InvalidIdError. */
export const parseUserId = (text: string): UserId => parseId(USER, text);
