import type { WingId } from "@wingthing/contracts/ids";
import type { Log } from "@wingthing/service-runtime/log";
import type { RoostLinkState } from "./roost/link-state.ts";

/** The program that runs one session: the real egg, or a stand-in of a test. */
export interface EggProgram {
  readonly file: string;
  readonly args: readonly string[];
}

/** The roost that the wing connects to. */
export interface RoostAddress {
  /** Origin, as in "http://127.0.0.1:8080". */
  readonly url: string;
  /** The device credential, or how to get it once the wing's id is known (a roost on the same machine makes it). */
  readonly credential: string | ((wingId: WingId) => Promise<string>);
}

/** What a wing is made of. */
export interface WingOptions {
  /** The wing's own folder, ~/.wingthing: made with mode 0700 when it is missing. */
  readonly stateDir: string;
  /** The person's home folder. */
  readonly home: string;
  /** The environment that agents may get variables of; never the egg's own. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly eggProgram: EggProgram;
  /** Absent: the wing is reached on its own socket only. */
  readonly roost?: RoostAddress;
  readonly version: string;
  /** Folders where sessions may start, in place of wing.yaml's `paths`. */
  readonly roots?: readonly string[];
  /** Name for people, in place of wing.yaml's `label`. */
  readonly label?: string;
  readonly log: Log;
}

/** How wing.yaml stands. */
export type ConfigState = { readonly kind: "good" } | { readonly kind: "stale"; readonly problem: string };

/** What `wt status` shows of a wing. */
export interface WingStatus {
  readonly roost: RoostLinkState;
  readonly config: ConfigState;
  /** Sessions whose agent runs. */
  readonly sessions: number;
  /** Sealed channels that are open. */
  readonly channels: number;
}

/** A running wing. */
export interface WingApp extends AsyncDisposable {
  readonly wingId: WingId;
  /** X25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Unix socket (0600) that serves wingthing.wing.v1 as gRPC to programs of the same user. */
  readonly socketPath: string;
  status(): WingStatus;
  /** Called after each change of the status. */
  onStatus(handler: (status: WingStatus) => void): void;
  /** Reads wing.yaml again; a bad file keeps the last good one and shows in the status. */
  reloadConfig(): Promise<void>;
  /** Ends the wing; eggs live on and are adopted by the next one. */
  stop(): Promise<void>;
}

/**
 * Starts a wing.
 * @throws WingAlreadyRunningError, InsecureModeError, WingConfigError and the like, each with what to do.
 */
export async function startWing(options: WingOptions): Promise<WingApp> {
  throw new Error(`the wing in ${options.stateDir} is not built yet`);
}
