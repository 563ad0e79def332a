import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { InProcessChannel } from "./in-process-channel.ts";
import { PresenceBoard } from "./presence-board.ts";
import type {
  AnnouncedWing,
  Announcement,
  CloseCause,
  OpenerListener,
  OpenRequest,
  PresenceListener,
  PresenceWatch,
  Switchboard,
  WingListener,
} from "./switchboard.ts";
import { WingMemory } from "./wing-memory.ts";

const NOT_ALLOWED: CloseCause = {
  reason: CloseReason.NOT_ALLOWED,
  text: "No wing of this id is within your reach: check the id, or ask its owner to share it with you.",
};
const WING_OFFLINE: CloseCause = {
  reason: CloseReason.WING_OFFLINE,
  text: "The wing is not connected: start it with `wt start` on its machine.",
};
const WING_LOST: CloseCause = { reason: CloseReason.PEER_LOST, text: "The wing's connection to the roost broke." };

interface OnlineWing {
  readonly wing: AnnouncedWing;
  readonly listener: WingListener;
  readonly channels: Set<InProcessChannel>;
}

/** The switchboard of one replica: every wing and every browser is in this process. */
export class InProcessSwitchboard implements Switchboard {
  readonly #online = new Map<string, OnlineWing>();
  readonly #memory: WingMemory;
  readonly #presence = new PresenceBoard();

  constructor(options: { readonly maxRememberedWings: number }) {
    this.#memory = new WingMemory(options.maxRememberedWings);
  }

  announce(wing: AnnouncedWing, listener: WingListener): Announcement {
    const older = this.#online.get(wing.wingId);
    const online: OnlineWing = { wing, listener, channels: new Set() };
    this.#online.set(wing.wingId, online);
    this.#memory.forget(wing.wingId);
    this.#presence.online(wing);
    if (older) {
      endChannels(older);
      older.listener.onReplaced();
    }
    return { withdraw: () => this.#withdraw(online) };
  }

  openChannel(request: OpenRequest, opener: OpenerListener): void {
    const online = this.#online.get(request.wingId);
    const groups = online?.wing.groups ?? this.#memory.groupsOf(request.wingId);
    if (!groups || !shareGroup(groups, request.groups)) opener.onClose(NOT_ALLOWED);
    else if (!online) opener.onClose(WING_OFFLINE);
    else this.#connect(online, request, opener);
  }

  #connect(online: OnlineWing, request: OpenRequest, opener: OpenerListener): void {
    const channel: InProcessChannel = new InProcessChannel(opener, () => online.channels.delete(channel));
    const answer = online.listener.onChannel(channel.wingEnd, request.subject);
    if (answer.kind === "refused") {
      opener.onClose(answer.cause);
      return;
    }
    online.channels.add(channel);
    channel.join(answer.listener);
    // The wing may have gone by being told.
    if (this.#online.get(request.wingId) !== online) channel.loseWing(WING_LOST);
  }

  watch(groups: readonly string[], listener: PresenceListener): PresenceWatch {
    return this.#presence.watch(groups, listener);
  }

  #withdraw(online: OnlineWing): void {
    if (this.#online.get(online.wing.wingId) !== online) return;
    this.#online.delete(online.wing.wingId);
    this.#memory.remember(online.wing);
    this.#presence.offline(online.wing.wingId);
    endChannels(online);
  }
}

function endChannels({ channels }: OnlineWing): void {
  for (const channel of [...channels]) channel.loseWing(WING_LOST);
}

function shareGroup(wing: readonly string[], person: readonly string[]): boolean {
  return person.some((group) => wing.includes(group));
}
