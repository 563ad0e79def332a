import type { AttachState } from "@wingthing/attached-session/attached-session";
import type { Exit } from "@wingthing/attached-session/exit";
import { type Grid, sameGrid } from "@wingthing/attached-session/grid";
import type { SessionId, WingId } from "@wingthing/contracts/ids";
import type { SessionPlace } from "../../session/locate-session.ts";
import { exitWord, isWelcome, sessionWord } from "../../session/session-words.ts";
import { agoWords } from "../../time/age.ts";
import type { Tone } from "../../ui/state-dot.tsx";
import { plainText } from "../../wing/plain-text.ts";
import { shortPath } from "../../wing/short-path.ts";
import { agentTitle, sessionTitle } from "../session-card-view.ts";
import type { WingFacts } from "../wing-facts.ts";

/** What stands where the terminal goes, while there is none or over it. */
export type SessionBody =
  | { readonly kind: "terminal" }
  | { readonly kind: "searching" }
  /** Wings that may have it are away; names of them. */
  | { readonly kind: "waiting"; readonly wings: readonly string[]; readonly word: string }
  | { readonly kind: "absent" }
  /** It ended, and its last screen is not kept. */
  | { readonly kind: "over"; readonly text: string }
  | { readonly kind: "key-changed"; readonly wingId: WingId; readonly wing: string }
  | { readonly kind: "refused"; readonly reason: string };

/** The session screen as data. */
export interface SessionView {
  readonly sessionId: SessionId;
  readonly wingId: WingId | undefined;
  readonly title: string;
  /** "Claude Code · ~/src · studio", in its parts; empty parts are left out. */
  readonly about: readonly string[];
  readonly tone: Tone;
  readonly word: string;
  readonly body: SessionBody;
  /** Text of the thin bar, while the connection is made again. */
  readonly strip: string | undefined;
  readonly exit: Exit | undefined;
  readonly exitText: string;
  readonly canEnd: boolean;
  /** It was told to end and has not yet. */
  readonly ending: boolean;
  readonly canStartAgain: boolean;
  readonly viewers: number;
  /** Grid of another viewer, when the terminal is not in ours. */
  readonly foreignGrid: Grid | undefined;
  /** Why a person is wanted. */
  readonly attention: string;
}

/** What the screen is made from. */
export interface SessionFacts {
  readonly sessionId: SessionId;
  readonly place: SessionPlace;
  /** The wing that the place names, or undefined. */
  readonly wing: WingFacts | undefined;
  /** Names of wings that may have the session. */
  readonly maybeOn: readonly string[];
  /** Undefined before the terminal stands. */
  readonly attach: AttachState | undefined;
  /** Whether bytes were ever drawn on this page. */
  readonly drawn: boolean;
  readonly viewers: number;
  readonly grid: Grid | undefined;
  readonly ownGrid: Grid | undefined;
  readonly ending: boolean;
  readonly now: number;
}

/** Longest folder in the header, in characters. */
const MAX_FOLDER = 48;

function bodyOf(facts: SessionFacts): SessionBody {
  const { place, wing, maybeOn, attach, drawn, now } = facts;
  if (place.kind === "searching") return { kind: "searching" };
  if (place.kind === "maybe-offline") return { kind: "waiting", wings: maybeOn, word: "" };
  if (place.kind === "absent" || attach?.kind === "missing") return drawn ? { kind: "terminal" } : { kind: "absent" };
  if (attach?.kind === "refused") return attach;
  if (wing?.state.kind === "key-changed") return { kind: "key-changed", wingId: wing.wingId, wing: wing.label };
  if (wing?.state.kind === "refused") return wing.state;
  if (wing?.state.kind === "offline" && !drawn) {
    const seen = wing.seenAt === 0 ? "" : `It was last seen ${agoWords(now - wing.seenAt)}.`;
    return { kind: "waiting", wings: [wing.label], word: seen };
  }
  const exit = exitOf(facts);
  return exit !== undefined && !drawn
    ? { kind: "over", text: exitSentence(exit, reasonOf(facts)) }
    : { kind: "terminal" };
}

function stripOf({ attach, drawn, wing }: SessionFacts, ended: boolean): string | undefined {
  if (!drawn || ended || attach === undefined || wing === undefined) return undefined;
  if (attach.kind === "retrying" || attach.kind === "attaching") return "Connecting again. Typing is kept.";
  if (attach.kind !== "waiting") return undefined;
  return wing.state.kind === "offline"
    ? `${wing.label} is offline. Typing is kept.`
    : "Connecting again. Typing is kept.";
}

function exitOf({ attach, place }: SessionFacts): Exit | undefined {
  if (attach?.kind === "ended") return attach.exit;
  const life = place.kind === "on-wing" ? place.session?.life : undefined;
  return life?.kind === "ended" ? life.exit : undefined;
}

function reasonOf({ place }: SessionFacts): string {
  const life = place.kind === "on-wing" ? place.session?.life : undefined;
  return life?.kind === "ended" ? life.reason : "";
}

/** The session screen from what the page knows. */
export function sessionView(facts: SessionFacts): SessionView {
  const { place, wing } = facts;
  const session = place.kind === "on-wing" ? place.session : undefined;
  const exit = exitOf(facts);
  const state = session === undefined ? undefined : sessionWord(session, facts.now);
  const folder =
    session === undefined ? "" : plainText(shortPath(session.cwd, wing?.info?.home ?? "", MAX_FOLDER), 200);
  const about = [session === undefined ? "" : agentTitle(session.agent, wing?.info), folder, wing?.label ?? ""];
  const online = wing?.state.kind === "online";
  const foreign = facts.grid !== undefined && facts.ownGrid !== undefined && !sameGrid(facts.grid, facts.ownGrid);
  return {
    sessionId: facts.sessionId,
    wingId: wing?.wingId,
    title: session === undefined ? "Session" : sessionTitle(session),
    about: about.filter((part) => part !== ""),
    tone: exit === undefined && online ? (state?.tone ?? "off") : "off",
    word: exit === undefined ? (state?.word ?? "") : exitWord(exit),
    body: bodyOf(facts),
    strip: stripOf(facts, exit !== undefined),
    exit,
    exitText: exit === undefined ? "" : exitSentence(exit, reasonOf(facts)),
    canEnd: online && exit === undefined && session !== undefined && !facts.ending,
    ending: facts.ending && exit === undefined,
    canStartAgain: online && session !== undefined,
    viewers: facts.attach?.kind === "live" ? facts.viewers : 0,
    foreignGrid: foreign && facts.attach?.kind === "live" ? facts.grid : undefined,
    attention: exit === undefined ? (session?.attention ?? "") : "",
  };
}

/** How the agent ended, as a sentence; the wing's reason counts for more than a bare code. */
function exitSentence(exit: Exit, reason: string): string {
  if (reason !== "") return `Ended: ${reason}.`;
  switch (exit.kind) {
    case "code":
      return `Ended with exit code ${exit.code}${isWelcome(exit) ? "" : ": something went wrong"}.`;
    case "signal":
      return `Ended by ${exit.signal}.`;
    case "unknown":
      return "Ended; how is not known.";
  }
}
