import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Exit, parseExit } from "@wingthing/attached-session/exit";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { Session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { parseSessionId, type SessionId } from "@wingthing/contracts/ids";
import { plainText } from "./plain-text.ts";

/** Where a session is in its life. */
type Life =
  | { readonly kind: "starting" }
  | { readonly kind: "running" }
  /** `reason` says why, when the agent did not end by itself; else it is empty. */
  | { readonly kind: "ended"; readonly exit: Exit; readonly reason: string };

/** How strongly one area of a sandbox is enforced. */
export interface EnforcedArea {
  readonly area: string;
  readonly tier: string;
  /** Why no better tier; empty for the best. */
  readonly reason: string;
}

/** A session as the page uses it: parsed once, its texts fit for labels. */
export interface SessionSummary {
  readonly id: SessionId;
  readonly agent: string;
  /** Absolute, as the wing knows it; shorten and clean it before it is shown. */
  readonly cwd: string;
  readonly title: string;
  readonly life: Life;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly activeAt: number;
  /** Why a person is wanted; empty when not. */
  readonly attention: string;
  /** Last line on the screen; empty when there is none. */
  readonly preview: string;
  readonly viewers: number;
  readonly enforcement: readonly EnforcedArea[];
}

/** Longest label that any place shows, in characters. */
const MAX_LABEL = 200;

function parseLife(session: Session): Life {
  if (session.state === State.EXITED) {
    return { kind: "ended", exit: parseExit(session.exited), reason: plainText(session.endReason, MAX_LABEL) };
  }
  return { kind: session.state === State.RUNNING ? "running" : "starting" };
}

/** Reads a session of a wing; throws InvalidIdError for a malformed id. */
export function parseSession(session: Session): SessionSummary {
  const startedAt = session.startedAt === undefined ? 0 : timestampMs(session.startedAt);
  return {
    id: parseSessionId(session.sessionId),
    agent: plainText(session.agent, 64),
    cwd: session.cwd,
    title: plainText(session.title, MAX_LABEL),
    life: parseLife(session),
    startedAt,
    activeAt: session.activeAt === undefined ? startedAt : timestampMs(session.activeAt),
    attention: plainText(session.attention, MAX_LABEL),
    preview: plainText(session.preview, MAX_LABEL),
    viewers: (session.viewers?.controllers ?? 0) + (session.viewers?.watchers ?? 0),
    enforcement: session.enforcement.map(({ area, tier, reason }) => ({
      area: plainText(area, 40),
      tier: plainText(tier, 40),
      reason: plainText(reason, 400),
    })),
  };
}
