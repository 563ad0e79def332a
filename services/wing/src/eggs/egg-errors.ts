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

/** What a failed call to an egg that runs means: its own refusal, or an egg in trouble. */
export function explainEggError(error: unknown, egg: ReadyEgg): Error {
  const refusal = ConnectError.from(error);
  return MEANT.includes(refusal.code) ? refusal : new EggUnreachableError(egg, error);
}
