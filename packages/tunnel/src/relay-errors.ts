import { type Close, CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { PipeCloseReason } from "@wingthing/sealed-channel/message-pipe";

/** Why a link ended: without an error when this end closed it. */
export type LinkCloseReason = { readonly text: string; readonly error?: RelayRefusedError | RelayLostError };

/** The relay refused or ended a link or a channel. */
export class RelayRefusedError extends Error {
  override readonly name = "RelayRefusedError";
  /** Why, in the relay's words. */
  readonly reason: CloseReason;

  constructor(reason: CloseReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The connection to the relay could not be made, broke, was silent for too long, or spoke nonsense. */
export class RelayLostError extends Error {
  override readonly name = "RelayLostError";
}

/** What a Close says, in words for people. */
export function closeText({ reason, text }: Pick<Close, "reason" | "text">): string {
  return text === "" ? wordsFor(reason) : text;
}

/** What a channel's Close means for its pipe. */
export function pipeCloseReasonOf(close: Close): PipeCloseReason {
  return { kind: kindOf(close.reason), text: closeText(close) };
}

function kindOf(reason: CloseReason): PipeCloseReason["kind"] {
  switch (reason) {
    case CloseReason.CLOSED_BY_PEER:
      return "closed";
    case CloseReason.WING_OFFLINE:
    case CloseReason.NOT_ALLOWED:
    case CloseReason.TOO_MANY_CHANNELS:
    case CloseReason.PROTOCOL_ERROR:
    case CloseReason.UNAUTHENTICATED:
      return "refused";
    default:
      return "lost";
  }
}

function wordsFor(reason: CloseReason): string {
  switch (reason) {
    case CloseReason.CLOSED_BY_PEER:
      return "the other end closed it";
    case CloseReason.WING_OFFLINE:
      return "the wing is not connected: see `wt status` on its machine";
    case CloseReason.NOT_ALLOWED:
      return "there is no such wing, or it is not yours to reach";
    case CloseReason.FELL_BEHIND:
      return "the network was too slow for what was sent: connect again";
    case CloseReason.TOO_MANY_CHANNELS:
      return "too many channels are open: close a tab";
    case CloseReason.PROTOCOL_ERROR:
      return "the relay did not understand: one of the two is out of date";
    case CloseReason.UNAUTHENTICATED:
      return "the relay did not accept the token: sign in again";
    case CloseReason.DRAINING:
      return "the relay is going away: connect again";
    case CloseReason.REPLACED:
      return "the same wing connected again, and the newer link stands";
    case CloseReason.PEER_LOST:
      return "the other end lost its connection";
    default:
      return "the relay gave no reason";
  }
}
