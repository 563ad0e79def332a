import { type CloseReason, CloseReasonSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";

/** The reason as relay.proto names it, without its prefix: for logs, counters and WebSocket close frames. */
export function reasonName(reason: CloseReason): string {
  return CloseReasonSchema.value[reason]?.localName ?? String(reason);
}
