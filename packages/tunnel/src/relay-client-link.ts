import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import type { BinarySocket } from "./binary-socket.ts";

/** What a link to the relay is made of. */
export interface RelayLinkOptions {
  readonly socket: BinarySocket;
  /** Relay token of roost-auth. */
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** Why a link ended: the relay's reason when it gave one. */
export type LinkCloseReason = { readonly text: string; readonly error?: Error };

/** A browser's link to the relay: presence of wings, and channels to them. */
export class RelayClientLink {
  private constructor() {}

  /** Says hello and waits for the welcome; rejects with RelayRefusedError or RelayLostError. */
  static connect(_options: RelayLinkOptions): Promise<RelayClientLink> {
    throw new Error("not built yet");
  }

  /** Names the link in logs of both sides. */
  get linkId(): string {
    throw new Error("not built yet");
  }

  /** Opens a channel to a wing; rejects with RelayRefusedError or RelayLostError. */
  openChannel(_wingId: string): Promise<MessagePipe> {
    throw new Error("not built yet");
  }

  /** Sets the handler of wings that come and go; wings known so far are told at once. */
  onPresence(_handler: (wingId: string, online: boolean) => void): void {
    throw new Error("not built yet");
  }

  /** Resolves when the relay has told the state of every wing that the token may see, or the link ended. */
  get presenceReady(): Promise<void> {
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
