import { create, equals } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { State, type Status } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { type Session, SessionSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import type { SessionEnd, SessionRecord } from "./egg-folder.ts";

/** Who looks at the list sees when a session was last active to this precision; finer changes are not announced. */
const ACTIVE_AT_STEP_MS = 1_000;

/** A session before its egg said anything, from what the wing wrote down when it started. */
export function sessionFromRecord(sessionId: string, record: SessionRecord): Session {
  return create(SessionSchema, {
    sessionId,
    agent: record.agent,
    cwd: record.cwd,
    state: State.RUNNING,
    startedAt: timestampFromMs(record.startedAtMs),
    activeAt: timestampFromMs(record.startedAtMs),
  });
}

/** The session as its egg describes it now. */
export function sessionFromStatus(before: Session, status: Status): Session {
  const { title, viewers, exited, enforcement, attention, size, preview } = status;
  return create(SessionSchema, {
    ...before,
    state: status.state,
    title,
    enforcement: enforcement.length > 0 ? enforcement : before.enforcement,
    attention,
    preview,
    ...(status.startedAt ? { startedAt: status.startedAt } : {}),
    ...(status.activeAt ? { activeAt: status.activeAt } : {}),
    ...(viewers ? { viewers } : {}),
    ...(exited ? { exited } : {}),
    ...(size ? { size } : {}),
  });
}

/** The session after its end. */
export function sessionEnded(before: Session, end: SessionEnd): Session {
  const { viewers: _gone, ...rest } = before;
  return create(SessionSchema, {
    ...rest,
    state: State.EXITED,
    attention: "",
    activeAt: timestampFromMs(end.endedAtMs),
    endReason: end.reason,
    ...(end.exited ? { exited: end.exited } : {}),
  });
}

/** Whether two states of a session differ in anything that its watchers want to hear of. */
export function worthTelling(told: Session, now: Session): boolean {
  if (Math.abs(activeAtMs(now) - activeAtMs(told)) >= ACTIVE_AT_STEP_MS) return true;
  const { activeAt: _told, ...before } = told;
  const { activeAt: _now, ...after } = now;
  return !equals(SessionSchema, before, after);
}

/** Last output or input, milliseconds since the epoch. */
export function activeAtMs(session: Session): number {
  return session.activeAt === undefined ? 0 : timestampMs(session.activeAt);
}
