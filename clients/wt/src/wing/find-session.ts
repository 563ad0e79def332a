import type { Session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { CommandError, EXIT } from "../command-error.ts";
import type { WingClient } from "./wing-client.ts";

/** The session with this id, or the only one whose id begins so. */
export async function findSession(wing: WingClient, text: string): Promise<Session> {
  const { sessions } = await wing.sessions.list({});
  const matches = sessions.filter((session) => session.sessionId.startsWith(text));
  const [match] = matches;
  if (match === undefined) {
    throw new CommandError(`no session ${JSON.stringify(text)}; see: wt egg list`, EXIT.notFound);
  }
  if (matches.length > 1) {
    const ids = matches.map((session) => session.sessionId).join(", ");
    throw new CommandError(`${JSON.stringify(text)} fits several sessions: ${ids}. Give more of the id.`, EXIT.usage);
  }
  return match;
}
