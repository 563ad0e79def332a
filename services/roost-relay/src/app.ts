import type { RelayClaims } from "@wingthing/access-token/claims";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { type Clock, systemClock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import type { UpgradeHandler } from "@wingthing/service-runtime/request-handler";
import { LinkEdge } from "./edge/link-edge.ts";
import { Admission } from "./links/admission.ts";
import { ProcessBacklog } from "./links/backlog.ts";
import type { RelayContext } from "./links/link.ts";
import { LinkRegistry } from "./links/link-registry.ts";
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from "./relay-limits.ts";
import { RelayMeter } from "./relay-meter.ts";
import { InProcessSwitchboard } from "./switchboard/in-process-switchboard.ts";
import type { CloseCause } from "./switchboard/switchboard.ts";

export { RELAY_PATH } from "./edge/link-edge.ts";

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

const DRAINING: CloseCause = { reason: CloseReason.DRAINING, text: "The relay is going away: connect again." };

/** Starts a relay. */
export function startRoostRelay(options: RoostRelayOptions): RoostRelay {
  const clock = options.clock ?? systemClock;
  const limits = { ...DEFAULT_RELAY_LIMITS, ...options.limits };
  const meter = new RelayMeter();
  const admission = new Admission(limits, clock);
  const backlog = new ProcessBacklog(limits.maxProcessBacklogBytes);
  const registry = new LinkRegistry();
  const switchboard = new InProcessSwitchboard(limits);
  let drained: Promise<void> | undefined;
  const isDraining = () => drained !== undefined;
  const context: RelayContext = { limits, switchboard, meter, clock, log: options.log, isDraining };
  const edge = new LinkEdge({ verifyToken: options.verifyToken, context, admission, backlog, registry });

  const close = async (): Promise<void> => {
    drained ??= Promise.resolve();
    registry.endAll(DRAINING);
    edge.terminateAll();
  };
  return {
    handleUpgrade: (request, socket, head) => edge.handleUpgrade(request, socket, head),
    stats: () => ({
      greetings: admission.greetings,
      browsers: registry.count("browser"),
      wings: registry.count("wing"),
      channels: meter.channels,
      framesForwarded: meter.framesForwarded,
      bytesForwarded: meter.bytesForwarded,
      backlogBytes: backlog.bytes,
      heldBrowsers: meter.heldBrowsers,
      closes: meter.closes(),
      draining: isDraining(),
    }),
    drain: () => {
      drained ??= registry.drain(limits, clock);
      edge.endGreetings(DRAINING);
      return drained;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
