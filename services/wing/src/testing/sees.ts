import type { Client } from "@connectrpc/connect";
import type { Session, SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";

/** Follows the session list until a session is as wanted. */
export async function seesSession(
  sessions: Pick<Client<typeof SessionService>, "watch">,
  sessionId: string,
  wanted: (session: Session) => boolean,
): Promise<Session> {
  const stop = new AbortController();
  try {
    for await (const { change } of sessions.watch({}, { signal: stop.signal })) {
      const seen = change.case === "all" ? change.value.sessions : change.case === "updated" ? [change.value] : [];
      const session = seen.find((candidate) => candidate.sessionId === sessionId && wanted(candidate));
      if (session !== undefined) return session;
    }
  } finally {
    stop.abort();
  }
  throw new Error("the watch ended first");
}
