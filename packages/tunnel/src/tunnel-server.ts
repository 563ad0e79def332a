import type { ConnectRouterOptions, ContextValues } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest } from "@connectrpc/connect/protocol";
import type { ChannelCloseReason, SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { MAX_MESSAGE_BYTES } from "./tunnel-limits.ts";

/** What `createConnectRouter` of a served tunnel must be given: gRPC only, no compression, bounded messages. */
export const TUNNEL_ROUTER_OPTIONS = {
  grpc: true,
  grpcWeb: false,
  connect: false,
  acceptCompression: [],
  readMaxBytes: MAX_MESSAGE_BYTES,
  writeMaxBytes: MAX_MESSAGE_BYTES,
} satisfies ConnectRouterOptions;

/** A tunnel that is being served. */
export interface TunnelServer {
  /** Resolves when the channel has ended; never rejects. */
  readonly closed: Promise<ChannelCloseReason>;
  /** Says goodbye with the reason, sealed, and ends the channel; running handlers see their signal aborted. */
  close(reason?: string): void;
}

/** What a served tunnel may be given. */
export interface TunnelServerOptions {
  /** Values for the context of a call: the channel, the person. */
  readonly contextValues?: (request: UniversalServerRequest) => ContextValues;
}

/** Runs the handlers of a router made with TUNNEL_ROUTER_OPTIONS for calls on the channel, and takes the channel over. */
export function serveTunnel(
  _channel: SealedChannel,
  _handlers: readonly UniversalHandler[],
  _options: TunnelServerOptions = {},
): TunnelServer {
  throw new Error("not built yet");
}
