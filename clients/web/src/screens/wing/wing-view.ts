import type { WingId } from "@wingthing/contracts/ids";
import type { Tone } from "../../ui/state-dot.tsx";
import type { EnforcedArea } from "../../wing/session-summary.ts";
import type { AgentChoice } from "../../wing/wing-info.ts";
import { wingWord } from "../../wing/wing-words.ts";
import { type SessionCardView, sessionCard } from "../session-card-view.ts";
import type { WingFacts } from "../wing-facts.ts";

/** A pinned or offered key, in words. */
export interface KeyWords {
  readonly words: readonly string[];
  /** "23 November 2026, 14:12"; empty for a key that is not pinned. */
  readonly since: string;
}

/** The page of one wing as data. */
export interface WingView {
  readonly wingId: WingId;
  readonly label: string;
  readonly tone: Tone;
  readonly word: string;
  readonly reason: string;
  readonly person: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly agents: readonly AgentChoice[];
  readonly pinned: KeyWords | undefined;
  /** Set when the key changed: what is offered now; `words` is empty when the wing named none. */
  readonly changed: { readonly offered: KeyWords } | undefined;
  /** What holds for every session that runs there; areas that differ are listed with the weakest tier that is in use. */
  readonly enforcement: readonly EnforcedArea[];
  readonly cards: readonly SessionCardView[];
  readonly canStart: boolean;
}

/** The areas of all running sessions, each once; one that has a reason to be weaker stands for all. */
export function mergedEnforcement(
  sessions: readonly { readonly enforcement: readonly EnforcedArea[] }[],
): readonly EnforcedArea[] {
  const areas = new Map<string, EnforcedArea>();
  for (const area of sessions.flatMap(({ enforcement }) => enforcement)) {
    const known = areas.get(area.area);
    if (known === undefined || (known.reason === "" && area.reason !== "")) areas.set(area.area, area);
  }
  return [...areas.values()];
}

/** The page from what is known at the time `now`. */
export function wingView(
  wing: WingFacts,
  keys: { readonly pinned: KeyWords | undefined; readonly offered: KeyWords | undefined },
  now: number,
): WingView {
  const { info, label, list, state } = wing;
  const sessions = list.kind === "listed" ? list.sessions : [];
  const online = state.kind === "online";
  const all = [
    { name: "Platform", value: info?.platform ?? "" },
    { name: "Labels", value: (info?.labels ?? []).join(", ") },
    { name: "Version of wt", value: info?.version ?? "" },
    { name: "Sessions may start in", value: (info?.roots ?? []).join(", ") },
    { name: "Wing id", value: wing.wingId },
  ];
  return {
    wingId: wing.wingId,
    label,
    ...wingWord(state, wing.seenAt, now),
    reason: state.kind === "refused" ? state.reason : wing.trouble,
    person: state.kind === "online" ? `${state.person.displayName}, ${state.person.role}` : "",
    facts: all.filter(({ value }) => value !== ""),
    agents: info?.agents ?? [],
    pinned: keys.pinned,
    changed: state.kind === "key-changed" ? { offered: keys.offered ?? { words: [], since: "" } } : undefined,
    enforcement: mergedEnforcement(sessions.filter(({ life }) => life.kind !== "ended")),
    cards: sessions.map((session) => sessionCard(session, { label, info, online }, now)),
    canStart: online,
  };
}
