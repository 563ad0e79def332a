import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { attachTerminal } from "../terminal/attach-terminal.ts";
import { findSession } from "../wing/find-session.ts";
import { withWing } from "../wing/with-wing.ts";

/** `wt egg attach ID`: this terminal shows the session, and types into it unless it only watches. */
export async function eggAttach(id: string, options: { watch?: boolean }): Promise<void> {
  await withWing(async (wing) => {
    const { sessionId } = await findSession(wing, id);
    const mode = options.watch === true ? AttachMode.WATCH : AttachMode.CONTROL;
    process.exitCode = await attachTerminal({ wing, sessionId, mode });
  });
}
