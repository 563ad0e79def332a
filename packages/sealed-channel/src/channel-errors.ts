/** What went wrong in a handshake that no wrong key explains. */
export type HandshakeFailure =
  /** A message was altered, replayed, meant for another wing, or its sender speaks another protocol. */
  | "unauthentic"
  /** A message is too short, too long, or holds an impossible key. */
  | "malformed"
  /** The other end speaks no version of the tunnel that this one does. */
  | "version"
  /** The other end did not answer in time. */
  | "timeout"
  /** The pipe ended first. */
  | "closed"
  /** The caller's signal was aborted. */
  | "aborted";

/** No channel was made. */
export class HandshakeFailedError extends Error {
  override readonly name = "HandshakeFailedError";
  readonly kind: HandshakeFailure;

  constructor(kind: HandshakeFailure, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}

/** The other end does not hold the key that was wanted. Either the wing was set up anew, or somebody is in between. */
export class WrongWingKeyError extends Error {
  override readonly name = "WrongWingKeyError";
  /** The public key that was wanted. */
  readonly wanted: Uint8Array;
  /** The public key that the other end claims, unproven; absent when it claimed none. */
  readonly claimed: Uint8Array | undefined;

  constructor(wanted: Uint8Array, claimed: Uint8Array | undefined) {
    super("not built yet");
    this.wanted = wanted;
    this.claimed = claimed;
  }
}

/**
 * What was wrong with a record. `unauthentic` covers altered, missing, repeated, reordered, reflected and foreign
 * records: the cipher counts, and cannot tell them apart.
 */
export type RecordRejection = "unauthentic" | "too-short" | "too-long" | "overrun";

/** A record was refused; the channel is over. */
export class RecordRejectedError extends Error {
  override readonly name = "RecordRejectedError";
  readonly kind: RecordRejection;

  constructor(kind: RecordRejection, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}
