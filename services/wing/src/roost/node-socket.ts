import { type BinarySocket, browserSocket } from "@wingthing/tunnel/binary-socket";
import { WebSocket } from "ws";

/** One relay frame is at most 66,560 bytes; what is longer ends the link. */
const MAX_FRAME_BYTES = 66_560;
/** A roost that does not answer an upgrade within this is not there. */
const UPGRADE_WAIT_MS = 10_000;

/** Opens a WebSocket to the relay of a roost. */
export function dialRelay(roostUrl: string): BinarySocket {
  const url = new URL("/relay", roostUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: UPGRADE_WAIT_MS,
    followRedirects: false,
  });
  return browserSocket(socket);
}
