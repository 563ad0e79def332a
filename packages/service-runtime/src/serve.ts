import type { Log } from "./log.ts";
import type { RequestGuard } from "./request-guard.ts";
import type { RequestHandler, UpgradeHandler } from "./request-handler.ts";

/** What a listener serves. */
export interface ServeOptions {
  /** Address to bind; undefined = 127.0.0.1 and ::1 on the same port. */
  readonly host?: string | undefined;
  /** 0 = any free port, the same on both addresses. */
  readonly port: number;
  /** Asked in this order; the first that returns true has taken the request. */
  readonly handlers: readonly RequestHandler[];
  /** By exact path, for instance "/relay". */
  readonly upgrades?: Readonly<Record<string, UpgradeHandler>>;
  /** Asked before any handler; omit it only where somebody else stands in front. */
  readonly guard?: RequestGuard;
  readonly log: Log;
}

/** An open listener. */
export interface HttpListener extends AsyncDisposable {
  readonly port: number;
  /** For people, for instance "http://localhost:8080". */
  readonly url: string;
  /** Stops listening, lets running requests end, and resolves when all sockets are closed. */
  close(): Promise<void>;
}

/** Opens the listener. Throws PortTakenError. */
export function serve(_options: ServeOptions): Promise<HttpListener> {
  throw new Error("not built yet");
}
