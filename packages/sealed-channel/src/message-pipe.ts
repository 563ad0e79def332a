/** Why a pipe ended: in order, because the carrier broke, or because it was never granted. */
export type PipeCloseReason = {
  /** `closed`: one end closed it. `lost`: the carrier broke or fell behind. `refused`: it was not granted. */
  readonly kind: "closed" | "lost" | "refused";
  /** What was found and what to do, for people and logs; a relay can read it, so it names nothing private. */
  readonly text: string;
};

/** Every pipe's low-water mark: four of the largest records, so that the next sender still has a say soon. */
export const PIPE_LOW_WATER_BYTES = 256 * 1024;

/**
 * An ordered, reliable pipe of whole messages: the carrier of a sealed channel. It pushes; each handler is set once,
 * and what arrives before that is kept and handed over in order.
 */
export interface MessagePipe {
  /** Sends one message; the pipe owns the bytes from here on. Throws PipeClosedError after the pipe closed. */
  send(message: Uint8Array): void;
  /** Bytes accepted by send and not yet handed to the network. */
  readonly bufferedBytes: number;
  /** Resolves when bufferedBytes is below PIPE_LOW_WATER_BYTES, or the pipe closed. */
  drained(): Promise<void>;
  /** Sets the handler of messages; never called after onClose's handler. */
  onMessage(handler: (message: Uint8Array) => void): void;
  /** Sets the handler of the end; called exactly once, at this end's own close too. */
  onClose(handler: (reason: PipeCloseReason) => void): void;
  /** Ends the pipe after what was sent before; the other end sees `closed` and the text. Later calls do nothing. */
  close(reason?: string): void;
}

/** Something was sent on a pipe that has ended. */
export class PipeClosedError extends Error {
  override readonly name = "PipeClosedError";
  /** Why the pipe ended. */
  readonly reason: PipeCloseReason;

  constructor(reason: PipeCloseReason) {
    super(`the pipe has ended (${reason.kind}: ${reason.text}): open a new channel`);
    this.reason = reason;
  }
}
