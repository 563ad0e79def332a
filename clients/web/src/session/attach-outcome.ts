import { Code, ConnectError } from "@connectrpc/connect";
import { InputGapError } from "./input-ledger.ts";
import { OutputGapError } from "./output-cursor.ts";

/** What an attach that broke off leads to. */
export type AttachOutcome =
  /** The connection broke: attach again and go on where it stopped. */
  | { readonly kind: "resume"; readonly reason: string }
  /** What both ends know does not fit together: attach again as a new viewer, with a snapshot. */
  | { readonly kind: "start-over"; readonly reason: string }
  /** There is no such session. */
  | { readonly kind: "missing" }
  /** The wing will not let this person attach. */
  | { readonly kind: "refused"; readonly reason: string };

/** What to do after an attach failed with this error. */
export function attachOutcome(error: unknown): AttachOutcome {
  if (error instanceof OutputGapError || error instanceof InputGapError) {
    return { kind: "start-over", reason: error.message };
  }
  const { code, rawMessage } = ConnectError.from(error);
  switch (code) {
    case Code.NotFound:
      return { kind: "missing" };
    case Code.PermissionDenied:
    case Code.Unimplemented:
      return { kind: "refused", reason: rawMessage };
    case Code.InvalidArgument:
    case Code.OutOfRange:
      return { kind: "start-over", reason: rawMessage };
    default:
      return { kind: "resume", reason: rawMessage };
  }
}
