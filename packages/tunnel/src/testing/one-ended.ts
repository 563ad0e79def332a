import type { MessageInitShape } from "@bufbuild/protobuf";
import { createClient, createConnectRouter } from "@connectrpc/connect";
import { type FrameSchema, ResetReason } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { ManualTimers } from "@wingthing/sealed-channel/testing/manual-timer";
import { createTunnelClient } from "../tunnel-client.ts";
import { serveTunnel, TUNNEL_ROUTER_OPTIONS } from "../tunnel-server.ts";
import { EchoService } from "./echo-service.ts";
import { StandInChannel } from "./stand-in-channel.ts";
import { ECHO } from "./tunnel-pair.ts";

/** A frame as it is written down. */
export type FrameInit = MessageInitShape<typeof FrameSchema>;

/** What the paths of the service begin with. */
export const PREFIX = "/wingthing.testing.v1.EchoService/";
/** Headers that a call needs. */
export const HEADERS = [{ name: "content-type", value: "application/grpc+proto" }];

/** Opens a stream of the service. */
export const open = (streamId: number, method = "Echo", headers = HEADERS): FrameInit => ({
  streamId,
  kind: { case: "open", value: { path: PREFIX + method, headers } },
});
/** Begins a response. */
export const head = (streamId: number): FrameInit => ({
  streamId,
  kind: { case: "head", value: { status: 200, headers: HEADERS } },
});
/** So many bytes, all zero. */
export const data = (streamId: number, bytes = 1): FrameInit => ({
  streamId,
  kind: { case: "data", value: new Uint8Array(bytes) },
});
/** Ends a direction. */
export const end = (streamId: number): FrameInit => ({ streamId, kind: { case: "end", value: {} } });
/** Returns credit. */
export const credit = (streamId: number, bytes: number): FrameInit => ({
  streamId,
  kind: { case: "credit", value: { bytes } },
});
/** Ends a stream early. */
export const reset = (streamId: number, reason: ResetReason = ResetReason.CANCELLED): FrameInit => ({
  streamId,
  kind: { case: "reset", value: { reason } },
});
/** Asks for a pong. */
export const ping = (nonce: bigint): FrameInit => ({ kind: { case: "ping", value: { nonce } } });

/** A served tunnel whose browser is the test. */
export function wing(answers: Partial<typeof ECHO> = {}) {
  const channel = new StandInChannel();
  const router = createConnectRouter(TUNNEL_ROUTER_OPTIONS).service(EchoService, { ...ECHO, ...answers });
  const server = serveTunnel(channel, router.handlers, { startTimer: new ManualTimers().start });
  return { channel, server };
}

/** A client whose wing is the test. */
export function browser() {
  const channel = new StandInChannel();
  const client = createTunnelClient(channel, { startTimer: new ManualTimers().start });
  return { channel, client, echo: createClient(EchoService, client.transport) };
}

/** A handler that reads nothing and never ends. */
export async function* neverReading(): AsyncGenerator<{ value: Uint8Array }> {
  await new Promise(() => {});
}
