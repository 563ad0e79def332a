import { Code, ConnectError } from "@connectrpc/connect";
import { NotEnforceableSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { plainText } from "../../wing/plain-text.ts";

/** Why a session did not start, and what to do. */
export interface StartFailure {
  readonly title: string;
  readonly text: string;
  /** A command for the wing's machine that helps; empty when there is none. */
  readonly remedy: string;
}

/** Longest text of a wing that is shown, in characters. */
const MAX_TEXT = 1_000;

const TITLES: Partial<Record<Code, string>> = {
  [Code.NotFound]: "Not found on the wing",
  [Code.PermissionDenied]: "Not allowed on this wing",
  [Code.FailedPrecondition]: "The session could not start",
  [Code.InvalidArgument]: "The wing does not understand this",
  [Code.ResourceExhausted]: "The wing has no room for another session",
  [Code.Unavailable]: "The connection to the wing broke",
};

/** Reads what SessionService.Start failed with. */
export function startFailure(error: unknown): StartFailure {
  const failed = ConnectError.from(error);
  const [rule] = failed.findDetails(NotEnforceableSchema);
  if (rule !== undefined) {
    return {
      title: `The sandbox cannot be enforced: ${plainText(rule.area, 40)}`,
      text: plainText(`${rule.found} Nothing was started.`, MAX_TEXT),
      remedy: rule.remedy.slice(0, MAX_TEXT),
    };
  }
  return {
    title: TITLES[failed.code] ?? "The session did not start",
    text: plainText(failed.rawMessage, MAX_TEXT),
    remedy: "",
  };
}
