import type { SessionId, WingId } from "@wingthing/contracts/ids";
import type { SessionList } from "../wing/session-list.ts";
import type { SessionSummary } from "../wing/session-summary.ts";
import type { WingState } from "../wing/wing-state.ts";

/** What is known of one wing. */
export interface WingKnowledge {
  readonly wingId: WingId;
  readonly state: WingState["kind"];
  readonly list: SessionList;
}

/** Where a session of a deep link is. */
export type SessionPlace =
  /** On this wing; `session` is absent while only memory says so. */
  | { readonly kind: "on-wing"; readonly wingId: WingId; readonly session: SessionSummary | undefined }
  /** Nobody can say yet. */
  | { readonly kind: "searching" }
  /** Every wing that is online was asked; these are not, and one of them may have it. */
  | { readonly kind: "maybe-offline"; readonly wingIds: readonly WingId[] }
  /** Every wing was asked and none has it. */
  | { readonly kind: "absent" };

/** Finds a session among the wings; memory decides until the wing that it names has told its list. */
export function locateSession(
  sessionId: SessionId,
  wings: readonly WingKnowledge[] | undefined,
  remembered: WingId | undefined,
): SessionPlace {
  if (wings === undefined) return { kind: "searching" };
  for (const { wingId, list } of wings) {
    const session = list.kind === "listed" ? list.sessions.find(({ id }) => id === sessionId) : undefined;
    if (session !== undefined) return { kind: "on-wing", wingId, session };
  }
  const named = wings.find(({ wingId }) => wingId === remembered);
  if (named !== undefined && named.list.kind === "unknown") {
    return { kind: "on-wing", wingId: named.wingId, session: undefined };
  }
  const silent = wings.filter(({ list }) => list.kind === "unknown");
  if (silent.some(({ state }) => isComing(state))) return { kind: "searching" };
  return silent.length > 0
    ? { kind: "maybe-offline", wingIds: silent.map(({ wingId }) => wingId) }
    : { kind: "absent" };
}

/** Whether a wing in this state will tell its list before long. */
function isComing(state: WingState["kind"]): boolean {
  return state === "dialing" || state === "securing" || state === "retrying" || state === "online";
}
