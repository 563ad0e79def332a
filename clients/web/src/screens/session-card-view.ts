import type { SessionId } from "@wingthing/contracts/ids";
import { sessionWord } from "../session/session-words.ts";
import { spanWords } from "../time/age.ts";
import type { Tone } from "../ui/state-dot.tsx";
import { plainText } from "../wing/plain-text.ts";
import type { SessionSummary } from "../wing/session-summary.ts";
import { folderName, shortPath } from "../wing/short-path.ts";
import type { WingInfo } from "../wing/wing-info.ts";

/** What a card of a session shows. */
export interface SessionCardView {
  readonly sessionId: SessionId;
  readonly title: string;
  readonly agent: string;
  readonly agentTitle: string;
  readonly folder: string;
  readonly wing: string;
  readonly tone: Tone;
  readonly word: string;
  /** Age of the session. */
  readonly age: string;
  readonly preview: string;
  readonly attention: string;
  readonly viewers: number;
  readonly ended: boolean;
}

/** Longest folder on a card, in characters. */
const MAX_FOLDER = 34;

/** A session without a title of its own is named after its folder. */
export function sessionTitle(session: SessionSummary): string {
  return session.title === "" ? plainText(folderName(session.cwd), 80) : session.title;
}

/** What an agent is called. */
export function agentTitle(agent: string, info: WingInfo | undefined): string {
  return info?.agents.find(({ name }) => name === agent)?.title ?? agent;
}

/** A card from a session, at the time `now`; `online` is whether its wing can be reached. */
export function sessionCard(
  session: SessionSummary,
  wing: { readonly label: string; readonly info: WingInfo | undefined; readonly online: boolean },
  now: number,
): SessionCardView {
  const { tone, word } = sessionWord(session, now);
  const ended = session.life.kind === "ended";
  const unseen = !wing.online && !ended;
  return {
    sessionId: session.id,
    title: sessionTitle(session),
    agent: session.agent,
    agentTitle: agentTitle(session.agent, wing.info),
    folder: plainText(shortPath(session.cwd, wing.info?.home ?? "", MAX_FOLDER), MAX_FOLDER * 2),
    wing: wing.label,
    tone: unseen ? "off" : tone,
    word: unseen ? "not reachable" : word,
    age: spanWords(now - session.startedAt),
    preview: session.preview,
    attention: ended ? "" : session.attention,
    viewers: session.viewers,
    ended,
  };
}
