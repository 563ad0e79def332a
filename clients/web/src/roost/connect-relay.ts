import { browserSocket } from "@wingthing/tunnel/binary-socket";
import { RelayClientLink } from "@wingthing/tunnel/relay-client-link";
import type { RelayLink } from "./relay-session.ts";

/**
 * One try to link to the relay; the token goes in the first frame, never in the address. Rejects with
 * RelayRefusedError, RelayLostError, or with what asking for the token failed with.
 */
export async function connectRelay(
  url: string,
  relayToken: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<RelayLink> {
  const token = await relayToken(signal);
  return RelayClientLink.connect({ socket: browserSocket(new WebSocket(url)), token, signal });
}
