import { ConnectError } from "@connectrpc/connect";
import type { Grid } from "@wingthing/attached-session/grid";
import { parseSessionId, type SessionId, type WingId } from "@wingthing/contracts/ids";
import type { Client } from "../../client.ts";
import type { SessionSummary } from "../../wing/session-summary.ts";
import { startFailure } from "../new-session/start-failure.ts";

/** The part of the client that acting on sessions needs. */
export type SessionActor = Pick<Client, "wings" | "toasts" | "memory" | "router">;

const servicesOf = ({ wings }: SessionActor, wingId: WingId) => wings.find(wingId)?.connection.services.peek();

/** Ends a session; a failure is told as a message. */
export async function endSession(actor: SessionActor, wingId: WingId, sessionId: SessionId): Promise<void> {
  try {
    await servicesOf(actor, wingId)?.sessions.stop({ sessionId });
  } catch (error) {
    actor.toasts.show(`The session could not be ended: ${ConnectError.from(error).rawMessage}`, "error");
  }
}

/** Takes an ended session off the list and goes home; a failure is told as a message. */
export async function forgetSession(actor: SessionActor, wingId: WingId, sessionId: SessionId): Promise<void> {
  try {
    await servicesOf(actor, wingId)?.sessions.forget({ sessionId });
    actor.router.go({ kind: "home" });
  } catch (error) {
    actor.toasts.show(`The session could not be forgotten: ${ConnectError.from(error).rawMessage}`, "error");
  }
}

/** Starts the same agent in the same folder and goes there; a failure is told as a message. */
export async function startAgain(
  actor: SessionActor,
  wingId: WingId,
  { session, grid }: { readonly session: SessionSummary; readonly grid: Grid },
): Promise<void> {
  const services = servicesOf(actor, wingId);
  if (services === undefined) return;
  try {
    const started = await services.sessions.start({ agent: session.agent, cwd: session.cwd, size: grid });
    const sessionId = parseSessionId(started.session?.sessionId ?? "");
    // It only saves time later.
    actor.memory.remember(sessionId, wingId).catch(() => {});
    actor.router.go({ kind: "session", sessionId });
  } catch (error) {
    const failure = startFailure(error);
    actor.toasts.show(`${failure.title}. ${failure.text}`, "error");
  }
}
