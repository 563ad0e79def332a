import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { WingId } from "@wingthing/contracts/ids";
import type { DataFrame } from "../frames/data-frame.ts";
import { readFrame } from "../frames/frame-codec.ts";
import { ProtocolError } from "../frames/protocol-error.ts";
import type { Announcement, ChannelEnd, CloseCause, WingAnswer } from "../switchboard/switchboard.ts";
import { peerClose } from "./close-causes.ts";
import type { Link, LinkOptions } from "./link.ts";
import { SenderHold } from "./sender-hold.ts";
import { WingChannel } from "./wing-channel.ts";

/** Largest channel number, a uint32. */
const MAX_CHANNEL_ID = 0xffff_ffff;
const CLOSED: CloseCause = { reason: CloseReason.CLOSED_BY_PEER, text: "" };
const REPLACED: CloseCause = {
  reason: CloseReason.REPLACED,
  text: "The same wing connected again: is it running twice, or was ~/.wingthing copied to another machine?",
};

/** A wing's link: takes channels that browsers open. */
export class WingLink implements Link {
  readonly kind = "wing";
  readonly #options: LinkOptions;
  readonly #channels = new Map<number, WingChannel>();
  readonly #channelsOf = new Map<string, number>();
  readonly #hold: SenderHold;
  readonly #announcement: Announcement;
  #lastChannelId = 0;

  /** Takes the socket over; the Welcome has been sent. */
  constructor(wingId: WingId, options: LinkOptions) {
    this.#options = options;
    const { context, groups, socket } = options;
    this.#hold = new SenderHold(context);
    socket.listen(this);
    this.#announcement = context.switchboard.announce({ wingId, groups }, this);
  }

  drain(reconnectAfterMs: number): void {
    this.#options.socket.sendFrame({ case: "drain", value: { reconnectAfterMs } });
  }

  end(cause: CloseCause): void {
    this.#options.socket.end(cause);
  }

  // What the wing sends.

  onMessage(message: Uint8Array): void {
    const frame = readFrame(message);
    switch (frame.kind) {
      case "data":
        this.#forward(frame.data);
        return;
      case "close":
        this.#close(frame.close.channelId, peerClose(frame.close));
        return;
      case "open":
        throw new ProtocolError("an open frame from a wing; only browsers open channels");
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
    channel.end.send(payload);
  }

  #close(channelId: number, cause: CloseCause): void {
    if (channelId === 0) this.end(CLOSED);
    const channel = channelId === 0 ? undefined : this.#find(channelId);
    if (!channel) return;
    this.#forget(channel);
    channel.end.close(cause);
  }

  /** Undefined for a channel that is over: what was under way when it ended is nobody's fault. */
  #find(channelId: number): WingChannel | undefined {
    if (channelId === 0 || channelId > this.#lastChannelId) {
      throw new ProtocolError(`a frame for channel ${channelId}, which was never opened`);
    }
    return this.#channels.get(channelId);
  }

  // What the wing is told.

  onChannel(end: ChannelEnd, subject: string): WingAnswer {
    const refusal = this.#refusal(subject);
    if (refusal) return { kind: "refused", cause: { reason: CloseReason.TOO_MANY_CHANNELS, text: refusal } };
    const channel = new WingChannel({ channelId: ++this.#lastChannelId, subject, end, link: this });
    this.#channels.set(channel.channelId, channel);
    this.#channelsOf.set(subject, this.#countOf(subject) + 1);
    this.#options.socket.sendFrame({ case: "open", value: { channelId: channel.channelId } });
    return { kind: "taken", listener: channel };
  }

  #refusal(subject: string): string | undefined {
    const { maxChannelsPerWing, maxChannelsPerWingAndSubject } = this.#options.context.limits;
    if (this.#channels.size >= maxChannelsPerWing) {
      return `The wing has ${maxChannelsPerWing} channels, which is the most: close one first.`;
    }
    if (this.#countOf(subject) >= maxChannelsPerWingAndSubject) {
      return `You have ${maxChannelsPerWingAndSubject} channels to this wing, which is the most: close one first.`;
    }
    return this.#lastChannelId < MAX_CHANNEL_ID ? undefined : "The wing's link ran out of numbers: restart the wing.";
  }

  #countOf(subject: string): number {
    return this.#channelsOf.get(subject) ?? 0;
  }

  /** Called by a channel; false when too much waits for the wing. A sender that fills the socket is held. */
  sendData(channel: WingChannel, payload: Uint8Array): boolean {
    const { context, socket } = this.#options;
    const { holdSendersAtBytes, maxSocketBacklogBytes } = context.limits;
    // Senders are held long before, so a channel needs no bound of its own here.
    if (!socket.sendData({ channelId: channel.channelId, payload }, maxSocketBacklogBytes)) return false;
    if (socket.isBehindBy(holdSendersAtBytes)) this.#hold.hold(channel);
    return true;
  }

  /** Called by a channel that is over. */
  closeChannel(channel: WingChannel, { reason, text }: CloseCause): void {
    if (!this.#forget(channel)) return;
    const { channelId } = channel;
    this.#options.socket.sendFrame({ case: "close", value: { channelId, reason, text } });
  }

  #forget(channel: WingChannel): boolean {
    if (!this.#channels.delete(channel.channelId)) return false;
    const rest = this.#countOf(channel.subject) - 1;
    if (rest > 0) this.#channelsOf.set(channel.subject, rest);
    else this.#channelsOf.delete(channel.subject);
    this.#hold.forget(channel);
    return true;
  }

  onDrained(): void {
    this.#hold.release();
  }

  onReplaced(): void {
    this.end(REPLACED);
  }

  onEnd(): void {
    this.#hold.release();
    this.#channels.clear();
    this.#announcement.withdraw();
  }
}
