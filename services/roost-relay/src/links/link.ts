import type { LinkId } from "@wingthing/contracts/ids";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import type { RelayLimits } from "../relay-limits.ts";
import type { RelayMeter } from "../relay-meter.ts";
import type { CloseCause, Switchboard } from "../switchboard/switchboard.ts";
import type { Seat } from "./admission.ts";
import type { LinkSocket } from "./link-socket.ts";

/** What all links of a relay share. */
export interface RelayContext {
  readonly limits: RelayLimits;
  readonly switchboard: Switchboard;
  readonly meter: RelayMeter;
  readonly clock: Clock;
  readonly log: Log;
  /** No channel is opened any more. */
  readonly isDraining: () => boolean;
}

/** What an admitted link is made of. */
export interface LinkOptions {
  readonly id: LinkId;
  readonly socket: LinkSocket;
  readonly seat: Seat;
  /** The person of the token. */
  readonly subject: string;
  readonly groups: readonly string[];
  readonly context: RelayContext;
}

/** An admitted link. */
export interface Link {
  readonly kind: "browser" | "wing";
  /** Asks the other end to connect again, elsewhere or with a fresh token. */
  drain(reconnectAfterMs: number): void;
  /** Ends the link and says why. */
  end(cause: CloseCause): void;
}
