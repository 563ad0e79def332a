import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import type { LinkCloseReason, RelayLinkOptions } from "./relay-client-link.ts";

/** A wing's link to the relay: channels that browsers open to it. */
export class RelayWingLink {
  private constructor() {}

  /** Says hello and waits for the welcome; rejects with RelayRefusedError or RelayLostError. */
  static connect(_options: RelayLinkOptions): Promise<RelayWingLink> {
    throw new Error("not built yet");
  }

  /** Names the link in logs of both sides. */
  get linkId(): string {
    throw new Error("not built yet");
  }

  /** Sets the handler of channels that browsers open; channels that came before are handed over at once. */
  onChannel(_handler: (pipe: MessagePipe) => void): void {
    throw new Error("not built yet");
  }

  /** Sets the handler of a relay that goes away; open channels may finish. */
  onDrain(_handler: (reconnectAfterMs: number) => void): void {
    throw new Error("not built yet");
  }

  /** Sets the handler of the end; called exactly once, at this end's own close too. */
  onClose(_handler: (reason: LinkCloseReason) => void): void {
    throw new Error("not built yet");
  }

  /** Ends the link and every channel on it. */
  close(): void {
    throw new Error("not built yet");
  }
}
