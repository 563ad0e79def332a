import { Code, ConnectError } from "@connectrpc/connect";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { RelayRefusedError } from "@wingthing/tunnel/relay-errors";
import { WingKeyMismatchError } from "./wing-key-mismatch.ts";

/** What a failed try to reach a wing leads to. */
export type DialOutcome =
  | { readonly kind: "retry"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "wrong-key"; readonly wanted: Uint8Array; readonly offered: Uint8Array | undefined };

/** What to do after this error. */
export function dialOutcome(error: unknown): DialOutcome {
  if (error instanceof WingKeyMismatchError) return { kind: "wrong-key", wanted: error.wanted, offered: error.claimed };
  if (error instanceof RelayRefusedError) {
    const final = error.reason === CloseReason.NOT_ALLOWED || error.reason === CloseReason.TOO_MANY_CHANNELS;
    return { kind: final ? "refused" : "retry", reason: error.message };
  }
  if (error instanceof ConnectError) {
    const final = error.code === Code.PermissionDenied || error.code === Code.Unauthenticated;
    return { kind: final ? "refused" : "retry", reason: error.rawMessage };
  }
  return { kind: "retry", reason: error instanceof Error ? error.message : String(error) };
}
