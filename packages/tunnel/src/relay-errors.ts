import type { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";

/** The relay refused a link or a channel. */
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
