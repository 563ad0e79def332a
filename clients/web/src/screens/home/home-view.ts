import type { WingId } from "@wingthing/contracts/ids";
import type { DirectoryState } from "../../roost/roost-directory.ts";
import type { Tone } from "../../ui/state-dot.tsx";
import type { SessionSummary } from "../../wing/session-summary.ts";
import { wingWord } from "../../wing/wing-words.ts";
import { type SessionCardView, sessionCard } from "../session-card-view.ts";
import type { WingFacts } from "../wing-facts.ts";

/** One wing on the home screen. */
export interface WingSectionView {
  readonly wingId: WingId;
  readonly label: string;
  readonly tone: Tone;
  readonly word: string;
  /** Its labels and its platform; empty while unknown. */
  readonly tags: readonly string[];
  /** What the section holds in place of cards, or beside them. */
  readonly content: "cards" | "loading" | "empty" | "away" | "key-changed" | "refused";
  /** Why it is refused. */
  readonly reason: string;
  readonly cards: readonly SessionCardView[];
  readonly canStart: boolean;
}

/** The home screen as data. */
export type HomeView =
  | { readonly kind: "loading" }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "signed-out"; readonly reason: string }
  | { readonly kind: "no-wings" }
  | {
      readonly kind: "wings";
      readonly needs: readonly SessionCardView[];
      readonly sections: readonly WingSectionView[];
    };

/** Who waits comes first, then who runs, then who ended; each newest first, as the list already is. */
function urgency(session: SessionSummary): number {
  if (session.life.kind === "ended") return 2;
  return session.attention === "" ? 1 : 0;
}

function contentOf(facts: WingFacts): WingSectionView["content"] {
  if (facts.state.kind === "key-changed" || facts.state.kind === "refused") return facts.state.kind;
  if (facts.list.kind === "unknown") return facts.state.kind === "offline" ? "away" : "loading";
  if (facts.list.sessions.length > 0) return "cards";
  return facts.state.kind === "offline" ? "away" : "empty";
}

function section(facts: WingFacts, now: number): WingSectionView {
  const { wingId, label, info, list, state } = facts;
  // A channel that is being made again is no reason to alarm anybody.
  const away = state.kind === "offline" || state.kind === "key-changed" || state.kind === "refused";
  const sessions = list.kind === "listed" ? [...list.sessions].sort((a, b) => urgency(a) - urgency(b)) : [];
  return {
    wingId,
    label,
    ...wingWord(state, facts.seenAt, now),
    tags: info === undefined ? [] : [...info.labels, info.platform],
    content: contentOf(facts),
    reason: state.kind === "refused" ? state.reason : "",
    cards: sessions.map((session) => sessionCard(session, { label, info, online: !away }, now)),
    canStart: state.kind === "online",
  };
}

/** Wings that can be used come first; among equals the roost's order stays. */
function usefulness({ state, list }: WingFacts): number {
  if (state.kind === "online") return 0;
  return state.kind === "offline" && list.kind === "unknown" ? 2 : 1;
}

/** The home screen from what the page knows at the time `now`. */
export function homeView(
  directory: DirectoryState["kind"],
  reason: string,
  wings: readonly WingFacts[],
  now: number,
): HomeView {
  if (directory === "loading") return { kind: "loading" };
  if (directory !== "ready") return { kind: directory, reason };
  if (wings.length === 0) return { kind: "no-wings" };
  const sections = [...wings].sort((a, b) => usefulness(a) - usefulness(b)).map((facts) => section(facts, now));
  const needs = sections.flatMap(({ cards }) => cards.filter((card) => card.attention !== ""));
  return { kind: "wings", needs, sections };
}
