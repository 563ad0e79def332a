import type { Interceptor, Transport } from "@connectrpc/connect";
import type { ChannelCloseReason, SealedChannel } from "@wingthing/sealed-channel/sealed-channel";

/** RPC over a sealed channel, from the browser's side. */
export interface TunnelClient {
  /** Connect transport for `createClient`; calls after the end fail with Code.Unavailable. */
  readonly transport: Transport;
  readonly channel: SealedChannel;
  /** Round-trip time in milliseconds; rejects with TunnelClosedError. */
  ping(): Promise<number>;
  /** Says goodbye with the reason, sealed, and ends the channel; open calls fail with Code.Unavailable. */
  close(reason?: string): void;
  /** Resolves when the channel has ended; never rejects. */
  readonly closed: Promise<ChannelCloseReason>;
}

/** Takes the channel over: nothing else may set its handlers or send on it. */
export function createTunnelClient(
  _channel: SealedChannel,
  _options?: { readonly interceptors?: Interceptor[] },
): TunnelClient {
  throw new Error("not built yet");
}
