import type { WatchResponse } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { parseSession, type SessionSummary } from "./session-summary.ts";

/** The sessions of one wing: not told yet, or all of them, newest first. */
export type SessionList =
  | { readonly kind: "unknown" }
  | { readonly kind: "listed"; readonly sessions: readonly SessionSummary[] };

const newestFirst = (a: SessionSummary, b: SessionSummary) => b.startedAt - a.startedAt || a.id.localeCompare(b.id);

/** The list after one message of SessionService.Watch. A change before the whole list was told changes nothing. */
export function applyWatch(list: SessionList, { change }: WatchResponse): SessionList {
  if (change.case === "all") {
    return { kind: "listed", sessions: change.value.sessions.map(parseSession).sort(newestFirst) };
  }
  if (list.kind === "unknown") return list;
  switch (change.case) {
    case "updated": {
      const updated = parseSession(change.value);
      const others = list.sessions.filter((session) => session.id !== updated.id);
      return { kind: "listed", sessions: [...others, updated].sort(newestFirst) };
    }
    case "removedSessionId":
      return { kind: "listed", sessions: list.sessions.filter((session) => session.id !== change.value) };
    case undefined:
      return list;
  }
}
