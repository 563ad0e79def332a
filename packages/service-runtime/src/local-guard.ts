import type { RequestGuard } from "./request-guard.ts";

/** Who may talk to the listener. */
export interface LocalGuardOptions {
  /** Address that `serve` gets as `host`; undefined = both loopback addresses. */
  readonly host?: string | undefined;
  /** Demanded of everyone who is not this user on this machine; without it only loopback may be bound. */
  readonly token?: string | undefined;
}

/** Admits this user's own programs on this machine, and with a token others too. Throws WiderBindRefusedError. */
export function createLocalGuard(_options: LocalGuardOptions): RequestGuard {
  throw new Error("not built yet");
}
