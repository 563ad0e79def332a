import { userInfo } from "node:os";
import { type ConnectRouter, createConnectRouter } from "@connectrpc/connect";
import { keysFromUrl } from "@wingthing/access-token/remote-keys";
import { createVerifier, type TokenVerifier } from "@wingthing/access-token/verify";
import type { WingId } from "@wingthing/contracts/ids";
import { type Clock, systemClock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { UsedTickets } from "./access/used-tickets.ts";
import { ServedChannels } from "./channel/served-channels.ts";
import { WingConfigStore } from "./config/wing-config-store.ts";
import { EggSupervisor } from "./eggs/egg-supervisor.ts";
import { keepHouse } from "./eggs/housekeeping.ts";
import { SessionList } from "./eggs/session-list.ts";
import type { PlanningContext } from "./eggs/session-plan.ts";
import { claimStateDir } from "./identity/single-wing.ts";
import { StateDir } from "./identity/state-dir.ts";
import { loadWingIdentity, type WingIdentity } from "./identity/wing-identity.ts";
import { dialRelay } from "./roost/node-socket.ts";
import { issueWingToken } from "./roost/roost-api.ts";
import { RoostLink } from "./roost/roost-link.ts";
import { accessService } from "./rpc/access-service.ts";
import { infoService } from "./rpc/info-service.ts";
import { serveLocalSocket } from "./rpc/local-socket.ts";
import { sessionService } from "./rpc/session-service.ts";
import { registerServices, type WingServices, wingRouterOptions } from "./rpc/wing-router.ts";
import { workspaceService } from "./rpc/workspace-service.ts";
import { StatusBoard, type WingStatus } from "./wing-status.ts";
import { RecentFolders } from "./workspace/recent-folders.ts";
import { Roots } from "./workspace/roots.ts";

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
  /** The environment that agents may get variables of; eggs themselves get a handful. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly eggProgram: EggProgram;
  /** Absent: the wing is reached on its own socket only. */
  readonly roost?: RoostAddress;
  readonly version: string;
  /** Folders where sessions may start, in place of wing.yaml's `paths`; the home folder when neither names any. */
  readonly roots?: readonly string[];
  /** Name for people, in place of wing.yaml's `label`. */
  readonly label?: string;
  /** Tags for people, in place of wing.yaml's `labels`. */
  readonly labels?: readonly string[];
  /** Keeps one egg warm, so that a session opens at once; by default where there is a roost. */
  readonly spare?: boolean;
  readonly log: Log;
  readonly clock?: Clock;
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

/** Variables that an egg's own process needs: to find bwrap and nsenter, and the user's systemd. None is secret. */
const EGG_ENV: readonly string[] = ["PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR"];

/**
 * Starts a wing.
 * @throws WingAlreadyRunningError, InsecureModeError, WingConfigError and the like, each with what to do.
 */
export async function startWing(options: WingOptions): Promise<WingApp> {
  await using owned = new AsyncDisposableStack();
  const dir = await StateDir.open(options.stateDir);
  owned.use(claimStateDir(dir.path, dir.lock));
  const wing = await openWing(options, dir);
  const stopping = new AbortController();

  owned.defer(() => wing.supervisor.close());
  await wing.supervisor.adopt();
  const services = wingServices(wing);
  const routes = (router: ConnectRouter) => registerServices(router, services);
  const routerOptions = wingRouterOptions(options.log);
  owned.use(await serveLocalSocket({ path: dir.socket, displayName: ownName(), routerOptions, routes }));

  const router = createConnectRouter(routerOptions);
  routes(router);
  const running = [keepHouse({ ...wing, log: options.log, times: () => wing.config.current }, stopping.signal)];
  if (options.roost !== undefined) running.push(connectRoost(wing, { router, stopping, roost: options.roost }));
  owned.defer(async () => {
    stopping.abort();
    await Promise.all(running);
  });
  if (options.spare ?? options.roost !== undefined) wing.supervisor.keepSpare();
  return runningWing(wing, owned.move());
}

/** What the parts of a wing share. */
interface Wing {
  readonly options: WingOptions;
  readonly dir: StateDir;
  readonly identity: WingIdentity;
  readonly config: WingConfigStore;
  readonly status: StatusBoard;
  readonly clock: Clock;
  readonly list: SessionList;
  readonly recent: RecentFolders;
  readonly supervisor: EggSupervisor;
  readonly verifier: TokenVerifier | undefined;
  readonly roots: () => Roots;
}

async function openWing(options: WingOptions, dir: StateDir): Promise<Wing> {
  const { clock = systemClock, log, home, hostEnv, roost } = options;
  const identity = await loadWingIdentity(dir, randomBytes);
  const config = await WingConfigStore.open(dir.wingYaml);
  const roots = () => new Roots({ paths: options.roots ?? config.current.paths ?? [home], home, stateDir: dir.path });
  roots();
  const status = new StatusBoard();
  const list = new SessionList();
  const supervisor = new EggSupervisor({
    eggsDir: dir.eggs,
    program: options.eggProgram,
    // An egg starts in half the time when its code was compiled before.
    eggEnv: { ...picked(hostEnv, EGG_ENV), NODE_COMPILE_CACHE: dir.compileCache },
    list,
    random: randomBytes,
    clock,
    log,
    onRunning: (sessions) => status.update({ sessions }),
  });
  const recent = await RecentFolders.open(dir.recentFolders);
  const keysUrl = roost === undefined ? undefined : new URL("/.well-known/jwks.json", roost.url).href;
  const verifier =
    keysUrl === undefined ? undefined : createVerifier(keysFromUrl({ url: keysUrl }), { now: clock.now });
  return { options, dir, identity, config, status, clock, list, recent, supervisor, verifier, roots };
}

function wingServices(wing: Wing): WingServices {
  const { options, identity, config, clock, recent, roots, supervisor, list, verifier } = wing;
  const { home, hostEnv, version } = options;
  const { wingId } = identity;
  return {
    access: accessService({ wingId, used: new UsedTickets(clock), ...(verifier === undefined ? {} : { verifier }) }),
    info: infoService({
      wingId,
      publicKey: identity.keyPair.publicKey,
      version,
      search: { home, hostEnv },
      roots,
      label: () => options.label ?? config.current.label,
      labels: () => options.labels ?? config.current.labels,
    }),
    session: sessionService({ supervisor, list, recent, planning: () => planningContext(wing) }),
    workspace: workspaceService({ roots, recent, clock }),
  };
}

function planningContext({ options, dir, config, roots }: Wing): PlanningContext {
  const { home, hostEnv } = options;
  const named = config.current.eggConfig;
  const places = roots();
  const globalEggYaml =
    named === undefined
      ? { path: dir.globalEggYaml, mustExist: false }
      : { path: places.absolute(named), mustExist: true };
  return { home, hostEnv, stateDir: dir.path, roots: places, globalEggYaml };
}

/** What the connection to a roost hangs on. */
interface RoostConnection {
  readonly router: ConnectRouter;
  readonly stopping: AbortController;
  readonly roost: RoostAddress;
}

/** Serves channels that come over the roost's relay until the wing stops. */
function connectRoost(wing: Wing, { router, stopping, roost }: RoostConnection): Promise<void> {
  const { identity, clock, status, options } = wing;
  const { wingId, keyPair } = identity;
  const channels = new ServedChannels({
    wingId,
    keyPair,
    handlers: router.handlers,
    clock,
    log: options.log,
    onCount: (open) => status.update({ channels: open }),
  });
  const link = new RoostLink({
    issueToken: async (signal) => {
      const credential = typeof roost.credential === "string" ? roost.credential : await roost.credential(wingId);
      return issueWingToken({ roostUrl: roost.url, credential, publicKey: keyPair.publicKey, signal });
    },
    dial: () => dialRelay(roost.url),
    servePipe: (pipe) => channels.serve(pipe),
    onState: (state) => status.update({ roost: state }),
    clock,
    random: Math.random,
    log: options.log,
  });
  stopping.signal.addEventListener("abort", () => channels.closeAll("the wing stops"));
  return link.run(stopping.signal);
}

function runningWing(wing: Wing, owned: AsyncDisposableStack): WingApp {
  const { identity, dir, status, config, options } = wing;
  const stop = () => owned.disposeAsync();
  return {
    wingId: identity.wingId,
    publicKey: identity.keyPair.publicKey,
    socketPath: dir.socket,
    status: () => status.current,
    onStatus: (handler) => status.onChange(handler),
    async reloadConfig() {
      const state = await config.reload();
      options.log.info("wing.yaml read again", { state: state.kind });
      status.update({ config: state });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A user without an entry in the system's list of users, as in some containers, has a number only. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

function randomBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(bytes);
}

function picked(env: WingOptions["hostEnv"], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
