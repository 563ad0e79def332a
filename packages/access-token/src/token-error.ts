/** A token was not accepted. Its text never quotes the token. */
export abstract class TokenError extends Error {}

/** The token's life is over: ask for a new one. */
export class TokenExpiredError extends TokenError {
  override readonly name = "TokenExpiredError";
}

/** The token is from the future: a clock is wrong. */
export class TokenNotYetValidError extends TokenError {
  override readonly name = "TokenNotYetValidError";
}

/** The token is for somebody else. */
export class WrongAudienceError extends TokenError {
  override readonly name = "WrongAudienceError";
}

/** The ticket belongs to another channel. */
export class WrongBindingError extends TokenError {
  override readonly name = "WrongBindingError";
}

/** Not signed by a key of the roost. */
export class BadSignatureError extends TokenError {
  override readonly name = "BadSignatureError";
}

/** Not a token of this kind. */
export class MalformedTokenError extends TokenError {
  override readonly name = "MalformedTokenError";
}

/** The roost's public keys could not be had: try again later. */
export class KeysUnavailableError extends TokenError {
  override readonly name = "KeysUnavailableError";
}
