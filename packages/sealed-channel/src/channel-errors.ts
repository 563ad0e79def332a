import { fingerprintWords } from "./key-pair.ts";
import type { PipeCloseReason } from "./message-pipe.ts";

/** Why a channel ended: as its pipe did, or `failed` with the error that this end found. */
export type ChannelCloseReason =
  | PipeCloseReason
  | { readonly kind: "failed"; readonly text: string; readonly error: Error };

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

  constructor(wanted: Uint8Array, claimed: Uint8Array | undefined, options?: { cause?: unknown }) {
    const found =
      claimed === undefined
        ? "an answer that this key did not make"
        : `one that claims to be ${fingerprintWords(claimed)}`;
    super(
      `wanted the wing with the key ${fingerprintWords(wanted)}, found ${found}: ` +
        "compare with `wt wing fingerprint` on the machine before you trust another key",
      options,
    );
    this.wanted = wanted;
    this.claimed = claimed;
  }
}

/**
 * What was wrong with a record. `unauthentic` covers altered, missing, repeated, reordered, reflected and foreign
 * records: the cipher counts, and cannot tell them apart. `overrun` is more than the reader could hold.
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

/** A message for one record is too long; whoever sends splits it first. */
export class PlaintextTooLongError extends Error {
  override readonly name = "PlaintextTooLongError";
  constructor(found: number, wanted: number) {
    super(`the plaintext has ${found} bytes, one record carries at most ${wanted}: split it`);
  }
}

/** The channel has ended. */
export class ChannelClosedError extends Error {
  override readonly name = "ChannelClosedError";
  readonly reason: ChannelCloseReason;

  constructor(reason: ChannelCloseReason) {
    super(`the channel has ended (${reason.kind}: ${reason.text}): open a new one`, {
      cause: reason.kind === "failed" ? reason.error : undefined,
    });
    this.reason = reason;
  }
}
