import { findSession } from "../wing/find-session.ts";
import { withWing } from "../wing/with-wing.ts";

/** `wt egg stop ID`: ends a session and everything that it started. */
export async function eggStop(id: string): Promise<void> {
  await withWing(async (wing) => {
    const { sessionId } = await findSession(wing, id);
    await wing.sessions.stop({ sessionId });
    console.log(`ended ${sessionId}`);
  });
}
