import type { Exited } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";

/** How an agent ended. */
export type Exit =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "unknown" };

/** A signal's name as systems have them; anything else comes from no kernel and is not shown. */
const SIGNAL_NAME = /^SIG[A-Z0-9]{1,12}$/;

/** Reads how an agent ended. */
export function parseExit(exited: Exited | undefined): Exit {
  if (exited?.code !== undefined) return { kind: "code", code: exited.code };
  if (exited !== undefined && SIGNAL_NAME.test(exited.signal)) return { kind: "signal", signal: exited.signal };
  return { kind: "unknown" };
}
