import { Inlet } from "@wingthing/sealed-channel/inlet";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { type LinkCloseReason, RelayLostError } from "./relay-errors.ts";
import { MAX_WAITING_CHANNELS } from "./relay-limits.ts";
import { type EndSpecificFrame, RelayLink, type RelayLinkOptions, type RelayWelcome } from "./relay-link.ts";

/** A wing's link to the relay: channels that browsers open to it. */
export class RelayWingLink {
  readonly #link: RelayLink;
  readonly #channels = new Inlet<MessagePipe, Error>(MAX_WAITING_CHANNELS);
  #welcome: RelayWelcome = { linkId: "", maxChannels: 0 };
  #lastChannelId = 0;

  private constructor(options: RelayLinkOptions) {
    this.#link = new RelayLink(options, {
      receive: (frame) => this.#receive(frame),
      // A channel that both ends closed at once.
      channelRefused: () => {},
      ended: (error) => this.#channels.abandon(error),
    });
  }

  /** Says hello and waits for the welcome; rejects with RelayRefusedError or RelayLostError. */
  static async connect(options: RelayLinkOptions): Promise<RelayWingLink> {
    const link = new RelayWingLink(options);
    link.#welcome = await link.#link.connect();
    return link;
  }

  /** Names the link in logs of both sides. */
  get linkId(): string {
    return this.#welcome.linkId;
  }

  /** Sets the handler of channels that browsers open; channels that came before are handed over too. */
  onChannel(handler: (pipe: MessagePipe) => void): void {
    this.#channels.onMessage(handler);
  }

  /** Sets the handler of a relay that goes away; open channels may finish. */
  onDrain(handler: (reconnectAfterMs: number) => void): void {
    this.#link.onDrain(handler);
  }

  /** Sets the handler of the end; called exactly once, at this end's own close too. */
  onClose(handler: (reason: LinkCloseReason) => void): void {
    this.#link.onClose(handler);
  }

  /** Ends the link and every channel on it. */
  close(): void {
    this.#link.close();
  }

  #receive(frame: EndSpecificFrame): void {
    if (frame.case !== "open") throw new RelayLostError(`the relay sent ${frame.case}, which is not for wings`);
    const { channelId } = frame.value;
    if (channelId <= this.#lastChannelId) {
      throw new RelayLostError(`the relay opened channel ${channelId} after channel ${this.#lastChannelId}`);
    }
    this.#lastChannelId = channelId;
    const pipe = this.#link.addPipe(channelId);
    if (!this.#channels.push(pipe)) pipe.close("the wing takes no channels");
  }
}
