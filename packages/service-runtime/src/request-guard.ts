import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "./request-handler.ts";

/** What a guard decided about one request. `answer` = the guard answers it itself. */
export type Verdict =
  | { readonly kind: "admit" }
  | { readonly kind: "refuse"; readonly refusal: Refusal }
  | { readonly kind: "answer"; readonly handler: RequestHandler };

/** Codes of the Connect protocol that a listener itself answers with. */
export type RefusalCode =
  | "internal"
  | "invalid_argument"
  | "permission_denied"
  | "resource_exhausted"
  | "unauthenticated"
  | "unavailable"
  | "unimplemented";

/** Why a request is not served, in a form that Connect clients and people read. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly code: RefusalCode;
  /** Says what was found, what is wanted, what to do. */
  readonly message: string;
  /** Headers that belong to the refusal, `allow` for instance. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Stands in front of every request and upgrade of a listener. */
export interface RequestGuard {
  inspect(request: IncomingMessage, kind: "request" | "upgrade"): Promise<Verdict>;
}
