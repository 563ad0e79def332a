import { timestampDate } from "@bufbuild/protobuf/wkt";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { Session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { formatTable } from "../terminal/table.ts";
import { withWing } from "../wing/with-wing.ts";

function stateWord(session: Session): string {
  switch (session.state) {
    case State.RUNNING:
      return session.attention === "" ? "running" : `waits: ${session.attention}`;
    case State.EXITED:
      return session.exited?.signal ? `ended by ${session.exited.signal}` : `ended ${session.exited?.code ?? "?"}`;
    case State.WAITING:
    case State.STARTING:
      return "starting";
    default:
      return "unknown";
  }
}

function age(session: Session, nowMs: number): string {
  if (session.startedAt === undefined) return "-";
  const seconds = Math.max(0, Math.round((nowMs - timestampDate(session.startedAt).getTime()) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

function asJson(session: Session): unknown {
  return {
    id: session.sessionId,
    agent: session.agent,
    cwd: session.cwd,
    state: stateWord(session),
    title: session.title,
    startedAt: session.startedAt === undefined ? null : timestampDate(session.startedAt).toISOString(),
    exitCode: session.exited?.code ?? null,
  };
}

/** `wt egg list`: the sessions of this machine, newest first. */
export async function eggList(options: { json?: boolean }): Promise<void> {
  const { sessions } = await withWing((wing) => wing.sessions.list({}));
  if (options.json === true) {
    console.log(JSON.stringify(sessions.map(asJson), null, 2));
    return;
  }
  if (sessions.length === 0) {
    console.log("no sessions; start one with: wt egg AGENT");
    return;
  }
  const now = Date.now();
  const rows = sessions.map((session) => [
    session.sessionId,
    session.agent,
    stateWord(session),
    age(session, now),
    session.cwd,
  ]);
  console.log(formatTable([["SESSION", "AGENT", "STATE", "AGE", "FOLDER"], ...rows]));
}
