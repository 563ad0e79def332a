import { type Close, CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { closeText, type LinkCloseReason, RelayLostError, RelayRefusedError } from "./relay-errors.ts";
import { relayFrame } from "./relay-frames.ts";
import { MAX_KNOWN_WINGS, OPEN_TIMEOUT_MS } from "./relay-limits.ts";
import { type EndSpecificFrame, RelayLink, type RelayLinkOptions, type RelayWelcome } from "./relay-link.ts";

interface Opening {
  readonly resolve: (pipe: MessagePipe) => void;
  readonly reject: (error: Error) => void;
  readonly stopTimer: () => void;
}

/** A browser's link to the relay: presence of wings, and channels to them. */
export class RelayClientLink {
  readonly #link: RelayLink;
  readonly #openings = new Map<number, Opening>();
  readonly #online = new Map<string, boolean>();
  readonly #presence = Promise.withResolvers<void>();
  #onPresence: ((wingId: string, online: boolean) => void) | undefined;
  #welcome: RelayWelcome = { linkId: "", maxChannels: 0 };
  #lastChannelId = 0;

  private constructor(options: RelayLinkOptions) {
    this.#link = new RelayLink(options, {
      receive: (frame) => this.#receive(frame),
      channelRefused: (close) => this.#refused(close),
      ended: (error) => this.#ended(error),
    });
  }

  /** Says hello and waits for the welcome; rejects with RelayRefusedError or RelayLostError. */
  static async connect(options: RelayLinkOptions): Promise<RelayClientLink> {
    const link = new RelayClientLink(options);
    link.#welcome = await link.#link.connect();
    return link;
  }

  /** Names the link in logs of both sides. */
  get linkId(): string {
    return this.#welcome.linkId;
  }

  /** Opens a channel to a wing; rejects with RelayRefusedError or RelayLostError. */
  openChannel(wingId: string): Promise<MessagePipe> {
    if (this.#link.ended) return Promise.reject(new RelayLostError("the link to the relay has ended: connect again"));
    if (this.#link.channels + this.#openings.size >= this.#welcome.maxChannels) {
      const reason = CloseReason.TOO_MANY_CHANNELS;
      return Promise.reject(new RelayRefusedError(reason, closeText({ reason, text: "" })));
    }
    this.#lastChannelId += 1;
    const channelId = this.#lastChannelId;
    return new Promise((resolve, reject) => {
      const stopTimer = this.#link.startTimer(() => this.#giveUp(channelId), OPEN_TIMEOUT_MS);
      this.#openings.set(channelId, { resolve, reject, stopTimer });
      this.#link.outbox.send(relayFrame({ case: "open", value: { channelId, wingId } }));
    });
  }

  /** Sets the handler of wings that come and go; wings known so far are told at once. */
  onPresence(handler: (wingId: string, online: boolean) => void): void {
    this.#onPresence = handler;
    for (const [wingId, online] of this.#online) handler(wingId, online);
  }

  /** Resolves when the relay has told the state of every wing that the token may see, or the link ended. */
  get presenceReady(): Promise<void> {
    return this.#presence.promise;
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
    switch (frame.case) {
      case "opened":
        this.#opened(frame.value.channelId);
        break;
      case "presence":
        this.#presenceChanged(frame.value.wingId, frame.value.online);
        break;
      case "presenceReady":
        this.#presence.resolve();
        break;
      default:
        throw new RelayLostError(`the relay sent ${frame.case}, which is not for browsers`);
    }
  }

  #opened(channelId: number): void {
    const opening = this.#takeOpening(channelId);
    // Given up meanwhile: the relay has our Close, or will read it.
    opening?.resolve(this.#link.addPipe(channelId));
  }

  #refused(close: Close): void {
    this.#takeOpening(close.channelId)?.reject(new RelayRefusedError(close.reason, closeText(close)));
  }

  #giveUp(channelId: number): void {
    const opening = this.#takeOpening(channelId);
    const text = `the wing did not take the channel within ${OPEN_TIMEOUT_MS / 1000} s`;
    this.#link.outbox.send(
      relayFrame({ case: "close", value: { channelId, reason: CloseReason.CLOSED_BY_PEER, text } }),
    );
    opening?.reject(new RelayLostError(text));
  }

  #takeOpening(channelId: number): Opening | undefined {
    const opening = this.#openings.get(channelId);
    this.#openings.delete(channelId);
    opening?.stopTimer();
    return opening;
  }

  #presenceChanged(wingId: string, online: boolean): void {
    this.#online.set(wingId, online);
    if (this.#online.size > MAX_KNOWN_WINGS) {
      throw new RelayLostError(`the relay told of more than ${MAX_KNOWN_WINGS} wings`);
    }
    this.#onPresence?.(wingId, online);
  }

  #ended(error: Error): void {
    for (const channelId of [...this.#openings.keys()]) this.#takeOpening(channelId)?.reject(error);
    this.#presence.resolve();
  }
}
