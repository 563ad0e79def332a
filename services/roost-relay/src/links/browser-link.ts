import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { WingId } from "@wingthing/contracts/ids";
import type { DataFrame } from "../frames/data-frame.ts";
import { readFrame } from "../frames/frame-codec.ts";
import { ProtocolError } from "../frames/protocol-error.ts";
import type { CloseCause, PresenceWatch } from "../switchboard/switchboard.ts";
import { BrowserChannel } from "./browser-channel.ts";
import { peerClose } from "./close-causes.ts";
import type { Link, LinkOptions } from "./link.ts";

const CLOSED: CloseCause = { reason: CloseReason.CLOSED_BY_PEER, text: "" };
const BROWSER_LOST: CloseCause = {
  reason: CloseReason.PEER_LOST,
  text: "The browser's connection to the roost broke.",
};
const DRAINING: CloseCause = {
  reason: CloseReason.DRAINING,
  text: "This relay is going away: connect again and open the channel there.",
};

/** A person's link: sees the wings of its groups come and go, and opens channels to them. */
export class BrowserLink implements Link {
  readonly kind = "browser";
  readonly #options: LinkOptions;
  readonly #channels = new Map<number, BrowserChannel>();
  /** Channels whose wings ask for silence. */
  readonly #held = new Set<number>();
  readonly #presence: PresenceWatch | undefined;
  #lastChannelId = 0;

  /** Takes the socket over; the Welcome has been sent. */
  constructor(options: LinkOptions) {
    this.#options = options;
    options.socket.listen(this);
    this.#presence = options.context.switchboard.watch(options.groups, this);
    if (options.socket.isEnded) this.#presence.stop();
  }

  drain(reconnectAfterMs: number): void {
    this.#options.socket.sendFrame({ case: "drain", value: { reconnectAfterMs } });
  }

  end(cause: CloseCause): void {
    this.#options.socket.end(cause);
  }

  // What the browser sends.

  onMessage(message: Uint8Array): void {
    const frame = readFrame(message);
    switch (frame.kind) {
      case "data":
        this.#forward(frame.data);
        return;
      case "open":
        this.#open(frame.open.channelId, frame.open.wingId);
        return;
      case "close":
        this.#close(frame.close.channelId, peerClose(frame.close));
        return;
      case "hello":
        throw new ProtocolError("a second hello; a link has one");
    }
  }

  #forward({ channelId, payload }: DataFrame): void {
    const { meter, limits } = this.#options.context;
    if (payload.length > limits.maxPayloadBytes) {
      throw new ProtocolError(`a payload of ${payload.length} bytes, wanted at most ${limits.maxPayloadBytes}`);
    }
    const channel = this.#find(channelId);
    if (!channel) return;
    meter.forwarded(payload.length);
    channel.send(payload);
  }

  #open(channelId: number, wingId: string): void {
    if (channelId <= this.#lastChannelId) {
      throw new ProtocolError(`open of channel ${channelId}, wanted a number above ${this.#lastChannelId}`);
    }
    this.#lastChannelId = channelId;
    const refusal = this.#refusal();
    if (refusal) this.#sendClose(channelId, refusal);
    else this.#request(channelId, wingId);
  }

  #request(channelId: number, wingId: string): void {
    const { context, groups, subject } = this.#options;
    const channel = new BrowserChannel(channelId, this, context.limits.maxEarlyBytes);
    this.#channels.set(channelId, channel);
    context.meter.channels++;
    context.switchboard.openChannel({ wingId, subject, groups }, channel);
  }

  #refusal(): CloseCause | undefined {
    const { context, seat } = this.#options;
    const { maxChannelsPerLink, opensPerSecond } = context.limits;
    const reason = CloseReason.TOO_MANY_CHANNELS;
    if (context.isDraining()) return DRAINING;
    if (this.#channels.size >= maxChannelsPerLink) {
      return { reason, text: `This link has ${maxChannelsPerLink} channels, which is the most: close one first.` };
    }
    if (!seat.mayOpen()) {
      return { reason, text: `Too many channels in a short time: wait, ${opensPerSecond} a second are allowed.` };
    }
    return undefined;
  }

  #close(channelId: number, cause: CloseCause): void {
    if (channelId === 0) this.end(CLOSED);
    const channel = channelId === 0 ? undefined : this.#find(channelId);
    if (!channel) return;
    this.#forget(channelId);
    channel.close(cause);
  }

  /** Undefined for a channel that is over: what was under way when it ended is nobody's fault. */
  #find(channelId: number): BrowserChannel | undefined {
    if (channelId === 0 || channelId > this.#lastChannelId) {
      throw new ProtocolError(`a frame for channel ${channelId}, which was never opened`);
    }
    return this.#channels.get(channelId);
  }

  // What the browser is told.

  onPresence(wingId: WingId, online: boolean): void {
    this.#options.socket.sendFrame({ case: "presence", value: { wingId, online } });
  }

  onReady(): void {
    this.#options.socket.sendFrame({ case: "presenceReady", value: {} });
  }

  /** Called by a channel. */
  sendData(channelId: number, payload: Uint8Array): boolean {
    const { context, socket } = this.#options;
    return socket.sendData({ channelId, payload }, context.limits.maxChannelBacklogBytes);
  }

  /** Called by a channel. */
  sendOpened(channelId: number): void {
    this.#options.socket.sendFrame({ case: "opened", value: { channelId } });
  }

  /** Called by a channel. */
  closeChannel(channelId: number, cause: CloseCause): void {
    if (this.#forget(channelId)) this.#sendClose(channelId, cause);
  }

  #sendClose(channelId: number, { reason, text }: CloseCause): void {
    this.#options.context.meter.closed(reason);
    this.#options.socket.sendFrame({ case: "close", value: { channelId, reason, text } });
  }

  #forget(channelId: number): boolean {
    if (!this.#channels.delete(channelId)) return false;
    this.#options.context.meter.channels--;
    this.hold(channelId, false);
    return true;
  }

  /** Called by a channel: while one of its wings is slow, nothing is read from the browser. */
  hold(channelId: number, held: boolean): void {
    const { context, socket } = this.#options;
    const before = this.#held.size;
    if (held) this.#held.add(channelId);
    else this.#held.delete(channelId);
    if (before === 0 && this.#held.size > 0) {
      context.meter.heldBrowsers++;
      socket.pause();
    } else if (before > 0 && this.#held.size === 0) {
      context.meter.heldBrowsers--;
      socket.resume();
    }
  }

  onEnd(cause: CloseCause): void {
    this.#presence?.stop();
    const channelCause = cause.reason === CloseReason.CLOSED_BY_PEER ? CLOSED : BROWSER_LOST;
    for (const [channelId, channel] of [...this.#channels]) {
      this.#forget(channelId);
      channel.close(channelCause);
    }
  }
}
