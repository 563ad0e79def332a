import type { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { WingId } from "@wingthing/contracts/ids";

/** Why a channel or a link ended. */
export interface CloseCause {
  readonly reason: CloseReason;
  /** What was found and what to do; empty when the reason says it all. */
  readonly text: string;
}

/** What one end of a channel says to the other. Nothing is heard after a close. */
export interface ChannelEnd {
  /** Sealed bytes, in order. The view is valid until the end of this turn of the event loop. */
  send(payload: Uint8Array): void;
  /** Asks the other end to send nothing until `release`; what is already on its way still comes. */
  hold(): void;
  /** Takes back `hold`. */
  release(): void;
  /** Ends the channel: the other end hears the cause, this one hears nothing more. */
  close(cause: CloseCause): void;
}

/** What an end of a channel hears from the other. */
export interface ChannelListener {
  /** A view, valid until the end of this turn of the event loop. */
  onData(payload: Uint8Array): void;
  /** The other end asks to send nothing (true), or takes that back (false). */
  onHold(held: boolean): void;
  /** The channel is over; called once and last, and never after one's own close. */
  onClose(cause: CloseCause): void;
}

/** What the end that opens a channel hears. */
export interface OpenerListener extends ChannelListener {
  /** The wing took the channel: comes before any data, and not at all when the channel is refused by `onClose`. */
  onOpened(end: ChannelEnd): void;
}

/** Who asks for which wing. */
export interface OpenRequest {
  /** As the browser wrote it. */
  readonly wingId: string;
  /** The person, for the wing's bounds. */
  readonly subject: string;
  /** Groups of the person. */
  readonly groups: readonly string[];
}

/** What a wing answers to a channel. */
export type WingAnswer =
  | { readonly kind: "taken"; readonly listener: ChannelListener }
  | { readonly kind: "refused"; readonly cause: CloseCause };

/** What a wing's link hears. */
export interface WingListener {
  /** A browser opens a channel; `end` speaks to it once the answer was "taken". */
  onChannel(end: ChannelEnd, subject: string): WingAnswer;
  /** The same wing was announced again: this announcement is withdrawn, its channels are over. */
  onReplaced(): void;
}

/** A wing that is connected. */
export interface AnnouncedWing {
  readonly wingId: WingId;
  /** Who shares one of them may see and reach the wing. */
  readonly groups: readonly string[];
}

/** Takes back an announcement. */
export interface Announcement {
  /** The wing is gone: the other ends of its channels hear PEER_LOST, watchers hear that it is offline. Idempotent. */
  withdraw(): void;
}

/** What a watcher of wings hears: first every wing that is online, then `onReady`, then each change. */
export interface PresenceListener {
  onPresence(wingId: WingId, online: boolean): void;
  onReady(): void;
}

/** A subscription to presence. */
export interface PresenceWatch {
  stop(): void;
}

/**
 * Knows which wings are connected and joins browsers to them: the relay without its sockets. It is made of messages
 * without answers, so that the two ends of a channel may live in two replicas; with one replica it runs in process.
 * Listeners may be called before the call that takes them has returned.
 */
export interface Switchboard {
  /** A wing connected. The same wing announced earlier is replaced, which watchers do not notice. */
  announce(wing: AnnouncedWing, listener: WingListener): Announcement;
  /**
   * Opens a channel. Refusals: NOT_ALLOWED when no group is shared, or no such wing is known (the two are not told
   * apart); WING_OFFLINE when a wing that shares a group was here and is gone; what the wing itself answers.
   */
  openChannel(request: OpenRequest, listener: OpenerListener): void;
  /** Follows the wings that share one of the groups. */
  watch(groups: readonly string[], listener: PresenceListener): PresenceWatch;
}
