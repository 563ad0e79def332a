import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { ChannelEnd, CloseCause, OpenerListener } from "../switchboard/switchboard.ts";

/** The browser's link, as one of its channels sees it. */
export interface BrowserChannelLink {
  /** Frames towards the browser. False: it does not keep up. */
  sendData(channelId: number, payload: Uint8Array): boolean;
  sendOpened(channelId: number): void;
  /** The channel's wing asks the browser to hold its data, or takes that back. */
  hold(channelId: number, held: boolean): void;
  /** The channel is over: tells the browser and forgets it. */
  closeChannel(channelId: number, cause: CloseCause): void;
}

type State =
  | { readonly kind: "opening"; readonly early: Uint8Array[] }
  | { readonly kind: "open"; readonly end: ChannelEnd }
  | { readonly kind: "closed" };

const BROWSER_FELL_BEHIND: CloseCause = {
  reason: CloseReason.FELL_BEHIND,
  text: "The browser does not take what the wing sends: more of it waits than one channel may have in flight.",
};
const TOO_EARLY: CloseCause = {
  reason: CloseReason.FELL_BEHIND,
  text: "Too much was sent before the channel was opened: wait for Opened.",
};

/** One channel, at the end of the browser that opened it. */
export class BrowserChannel implements OpenerListener {
  readonly #channelId: number;
  readonly #link: BrowserChannelLink;
  readonly #maxEarlyBytes: number;
  #state: State = { kind: "opening", early: [] };

  constructor(channelId: number, link: BrowserChannelLink, maxEarlyBytes: number) {
    this.#channelId = channelId;
    this.#link = link;
    this.#maxEarlyBytes = maxEarlyBytes;
  }

  /** The browser sent bytes; those that come before the wing took the channel wait for it, within a bound. */
  send(payload: Uint8Array): void {
    if (this.#state.kind === "open") this.#state.end.send(payload);
    else if (this.#state.kind === "opening") this.#keep(payload, this.#state.early);
  }

  #keep(payload: Uint8Array, early: Uint8Array[]): void {
    const earlyBytes = early.reduce((sum, { length }) => sum + length, 0);
    // A copy: a payload is valid in its own turn of the event loop only.
    if (earlyBytes + payload.length <= this.#maxEarlyBytes) early.push(Uint8Array.from(payload));
    else this.#fail(TOO_EARLY);
  }

  /** The browser closed the channel, or its link is over. */
  close(cause: CloseCause): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "open") state.end.close(cause);
  }

  onOpened(end: ChannelEnd): void {
    if (this.#state.kind !== "opening") {
      end.close({ reason: CloseReason.CLOSED_BY_PEER, text: "" });
      return;
    }
    const { early } = this.#state;
    this.#state = { kind: "open", end };
    this.#link.sendOpened(this.#channelId);
    for (const payload of early) end.send(payload);
  }

  onData(payload: Uint8Array): void {
    if (!this.#link.sendData(this.#channelId, payload)) this.#fail(BROWSER_FELL_BEHIND);
  }

  onHold(held: boolean): void {
    this.#link.hold(this.#channelId, held);
  }

  onClose(cause: CloseCause): void {
    this.#state = { kind: "closed" };
    this.#link.closeChannel(this.#channelId, cause);
  }

  /** Ends the channel at both sides. */
  #fail(cause: CloseCause): void {
    this.close(cause);
    this.#link.closeChannel(this.#channelId, cause);
  }
}
