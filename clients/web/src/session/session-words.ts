import type { Exit } from "@wingthing/attached-session/exit";
import { spanWords } from "../time/age.ts";
import type { Tone } from "../ui/state-dot.tsx";
import type { SessionSummary } from "../wing/session-summary.ts";

/** Quiet for this long and the agent counts as idle, in ms: spinners and logs are quicker, thinking is shown as work. */
export const IDLE_AFTER_MS = 30_000;

/** The state of a session in a word, and the colour that goes with it. */
export interface SessionWord {
  readonly tone: Tone;
  readonly word: string;
}

/** How an agent ended, in a word: its exit code or the signal. */
export function exitWord(exit: Exit): string {
  switch (exit.kind) {
    case "code":
      return `ended ${exit.code}`;
    case "signal":
      return `ended by ${exit.signal}`;
    case "unknown":
      return "ended";
  }
}

/** Signals with which a person ends an agent, or a machine that is shut down. */
const POLITE_SIGNALS: readonly string[] = ["SIGHUP", "SIGINT", "SIGTERM"];
/** 0, and what shells exit with after such a signal: 128 and its number. */
const WELCOME_CODES: readonly number[] = [0, 129, 130, 143];

/** Whether nobody needs to look into this end. */
export function isWelcome(exit: Exit): boolean {
  if (exit.kind === "signal") return POLITE_SIGNALS.includes(exit.signal);
  return exit.kind === "code" && WELCOME_CODES.includes(exit.code);
}

/** The state of a session now. */
export function sessionWord(session: SessionSummary, now: number): SessionWord {
  const { life } = session;
  if (life.kind === "ended") {
    return { tone: isWelcome(life.exit) ? "off" : "bad", word: exitWord(life.exit) };
  }
  if (life.kind === "starting") return { tone: "busy", word: "starting" };
  if (session.attention !== "") return { tone: "wait", word: "waits for you" };
  const quietMs = now - session.activeAt;
  if (quietMs < IDLE_AFTER_MS) return { tone: "busy", word: "working" };
  const span = spanWords(quietMs);
  return { tone: "idle", word: span === "now" ? "idle" : `idle ${span}` };
}
