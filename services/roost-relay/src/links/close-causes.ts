import { type Close, CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { CloseCause } from "../switchboard/switchboard.ts";

/** A sentence or two for people; it is not sealed, so it should never say more. */
const MAX_PEER_TEXT_CHARS = 256;

/** What one end's Close means to the other: that end closed. It cannot speak in the relay's name. */
export function peerClose({ text }: Close): CloseCause {
  return { reason: CloseReason.CLOSED_BY_PEER, text: text.slice(0, MAX_PEER_TEXT_CHARS) };
}
