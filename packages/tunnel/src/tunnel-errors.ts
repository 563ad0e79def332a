import { Code, ConnectError } from "@connectrpc/connect";
import { ResetReason } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { ChannelClosedError, type ChannelCloseReason } from "@wingthing/sealed-channel/channel-errors";

/** The other end broke a rule of wingthing.channel.v1; the channel is over. */
export class TunnelProtocolError extends Error {
  override readonly name = "TunnelProtocolError";
}

/** The other end was silent for too long; the channel is over. */
export class PeerSilentError extends Error {
  override readonly name = "PeerSilentError";
  constructor(silentMs: number) {
    super(`nothing was heard for ${silentMs / 1000} s: the network or the other end is gone, open a new channel`);
  }
}

/** The other end takes nothing and still asks for more; the channel is over. */
export class PeerFellBehindError extends Error {
  override readonly name = "PeerFellBehindError";
  constructor(found: number, wanted: number) {
    super(
      `${found} bytes wait to be sent, wanted at most ${wanted}: the network is too slow or the other end is stuck`,
    );
  }
}

/** Headers or trailers are longer than a frame may carry. */
export class HeadersTooLargeError extends Error {
  override readonly name = "HeadersTooLargeError";
  constructor(found: number, wanted: number) {
    super(`path and headers have ${found} bytes, wanted at most ${wanted}`);
  }
}

/** What a call ends with because of something that was thrown at this end. */
export function callError(error: unknown): ConnectError {
  if (!(error instanceof HeadersTooLargeError)) return ConnectError.from(error);
  return new ConnectError(error.message, Code.ResourceExhausted, undefined, undefined, error);
}

/** What a call ends with when its channel does. */
export function unavailable(reason: ChannelCloseReason): ConnectError {
  const cause = new ChannelClosedError(reason);
  return new ConnectError(`the channel has ended: ${reason.text}`, Code.Unavailable, undefined, undefined, cause);
}

/** What a call ends with when the other end reset its stream. */
export function errorOfReset(reason: ResetReason): ConnectError {
  switch (reason) {
    case ResetReason.CANCELLED:
      return new ConnectError("the other end cancelled the call", Code.Canceled);
    case ResetReason.UNKNOWN_METHOD:
      return new ConnectError("the wing has no such method: update it with `wt update`", Code.Unimplemented);
    case ResetReason.TOO_MANY_STREAMS:
      return new ConnectError("too many calls run at once: end some first", Code.ResourceExhausted);
    case ResetReason.HEADERS_TOO_LARGE:
      return new ConnectError("the headers are longer than the tunnel carries", Code.ResourceExhausted);
    case ResetReason.CREDIT_EXCEEDED:
      return new ConnectError("more was sent than the other end allowed", Code.Internal);
    default:
      return new ConnectError("the call failed at the other end", Code.Internal);
  }
}
