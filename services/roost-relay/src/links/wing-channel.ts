import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { ChannelEnd, ChannelListener, CloseCause } from "../switchboard/switchboard.ts";

/** The wing's link, as one of its channels sees it. */
export interface WingChannelLink {
  /** False: more waits for the wing than may wait. */
  sendData(channel: WingChannel, payload: Uint8Array): boolean;
  /** The channel is over: tells the wing and forgets it. */
  closeChannel(channel: WingChannel, cause: CloseCause): void;
}

const WING_FELL_BEHIND: CloseCause = {
  reason: CloseReason.FELL_BEHIND,
  text: "The wing does not take what it is sent.",
};

/** One channel, at the end of the wing. */
export class WingChannel implements ChannelListener {
  /** The relay's number on the wing's link. */
  readonly channelId: number;
  readonly subject: string;
  /** Speaks to the browser. */
  readonly end: ChannelEnd;
  readonly #link: WingChannelLink;

  constructor(options: { channelId: number; subject: string; end: ChannelEnd; link: WingChannelLink }) {
    this.channelId = options.channelId;
    this.subject = options.subject;
    this.end = options.end;
    this.#link = options.link;
  }

  onData(payload: Uint8Array): void {
    if (!this.#link.sendData(this, payload)) this.fallBehind();
  }

  /** A wing serves many browsers and is never held: a browser that falls behind loses its channel instead. */
  onHold(): void {}

  onClose(cause: CloseCause): void {
    this.#link.closeChannel(this, cause);
  }

  /** Ends the channel at both sides. */
  fallBehind(): void {
    this.end.close(WING_FELL_BEHIND);
    this.#link.closeChannel(this, WING_FELL_BEHIND);
  }
}
