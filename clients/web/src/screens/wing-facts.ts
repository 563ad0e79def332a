import type { WingId } from "@wingthing/contracts/ids";
import type { SessionList } from "../wing/session-list.ts";
import type { KnownWing } from "../wing/wing-directory.ts";
import type { WingInfo } from "../wing/wing-info.ts";
import type { WingState } from "../wing/wing-state.ts";
import { wingLabel } from "../wing/wing-words.ts";

/** What the page knows of one wing, as plain data. */
export interface WingFacts {
  readonly wingId: WingId;
  readonly label: string;
  /** When the roost saw it last, in ms since 1970; 0 when never. */
  readonly seenAt: number;
  readonly state: WingState;
  /** Why the last try to connect failed; empty once one succeeded. */
  readonly trouble: string;
  readonly info: WingInfo | undefined;
  readonly list: SessionList;
}

/**
 * Reads a wing's signals. Until the relay has told who is online, an offline wing counts as being dialed: it is this
 * page that is not connected.
 */
export function wingFacts({ machine, connection }: KnownWing, presenceKnown: boolean): WingFacts {
  const state = connection.state.value;
  const info = connection.info.value;
  return {
    wingId: machine.wingId,
    label: wingLabel(machine.wingId, info?.label, connection.pin.value?.label),
    seenAt: machine.seenAt,
    state: state.kind === "offline" && !presenceKnown ? { kind: "dialing", attempt: 1 } : state,
    trouble: connection.trouble.value,
    info,
    list: connection.sessions.value,
  };
}
