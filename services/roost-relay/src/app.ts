import type { RelayClaims } from "@wingthing/access-token/claims";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import type { UpgradeHandler } from "@wingthing/service-runtime/request-handler";
import type { RelayLimits } from "./relay-limits.ts";

/** Path of the upgrade request. */
export const RELAY_PATH = "/relay";

/** What a relay is made of. */
export interface RoostRelayOptions {
  /** Rejects with a TokenError when the token is not good. */
  readonly verifyToken: (token: string) => Promise<RelayClaims>;
  readonly log: Log;
  readonly clock?: Clock;
  readonly limits?: Partial<RelayLimits>;
}

/** What a relay counts; never about whom. */
export interface RelayStats {
  /** Sockets without an admitted Hello. */
  readonly greetings: number;
  readonly browsers: number;
  readonly wings: number;
  /** Channels that stand or are being opened. */
  readonly channels: number;
  /** Since the start. */
  readonly framesForwarded: number;
  /** Payload bytes since the start. */
  readonly bytesForwarded: number;
  /** Bytes that wait for slow sockets. */
  readonly backlogBytes: number;
  /** Browsers whose sending is held because a wing is slow. */
  readonly heldBrowsers: number;
  /** Links and channels that the relay ended, by the name of the reason. */
  readonly closes: Readonly<Record<string, number>>;
  readonly draining: boolean;
}

/** A running relay: sockets come in by handleUpgrade, it opens no port itself. */
export interface RoostRelay extends AsyncDisposable {
  readonly handleUpgrade: UpgradeHandler;
  stats(): RelayStats;
  /** Sends every link elsewhere; resolves when the last is gone, after `limits.drainMs` at the latest. */
  drain(): Promise<void>;
  /** Ends every link at once. */
  close(): Promise<void>;
}

/** Starts a relay. */
export function startRoostRelay(_options: RoostRelayOptions): RoostRelay {
  throw new Error("not built yet");
}
