import { Code, ConnectError } from "@connectrpc/connect";
import type { ReadyEgg } from "./ready-egg.ts";

/** Refusals that an egg makes on purpose; everything else on its socket means that it is in trouble. */
const MEANT: readonly Code[] = [
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.PermissionDenied,
  Code.ResourceExhausted,
  Code.FailedPrecondition,
  Code.OutOfRange,
];

/** The egg runs and does not answer. */
export class EggUnreachableError extends Error {
  override readonly name = "EggUnreachableError";
  constructor(egg: ReadyEgg, cause: unknown) {
    super(
      `the egg of session ${egg.folder.sessionId} does not answer: try again; if it stays so, see ${egg.folder.log}`,
      { cause },
    );
  }
}

/** The session's egg is gone; what is left is its entry in the list. */
export class SessionEndedError extends Error {
  override readonly name = "SessionEndedError";
  constructor(sessionId: string) {
    super(`session ${sessionId} has ended: start a new one`);
  }
}

/** What a failed call to an egg means: its own refusal, an egg in trouble, or one that is gone. */
export function explainEggError(error: unknown, egg: ReadyEgg): Error {
  const refusal = ConnectError.from(error);
  if (MEANT.includes(refusal.code)) return refusal;
  return egg.process.running ? new EggUnreachableError(egg, error) : new SessionEndedError(egg.folder.sessionId);
}
