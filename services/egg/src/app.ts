import type { Exited } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { type Clock, systemClock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { EggFiles } from "./egg-files.ts";
import type { Gateway, GatewayOptions } from "./gateway/gateway.ts";
import { type EggServer, openEggServer } from "./rpc/egg-server.ts";
import { eggService } from "./rpc/egg-service.ts";
import type { Sandbox, SandboxRequest } from "./sandbox/sandbox.ts";
import { EggLife } from "./session/egg-life.ts";
import { WarmGateway } from "./warm-gateway.ts";

/** How long an egg waits for its agent, in ms: a wing starts one within milliseconds, or has died. */
export const START_WAIT_MS = 60_000;

/** How long an egg that is kept warm waits, in ms: the wing makes another one when it is still wanted. */
export const SPARE_START_WAIT_MS = 60 * 60_000;

/** How often an egg that waits looks whether its wing is still there, in ms; with an agent it does not look. */
export const PARENT_CHECK_MS = 5_000;

/** How long viewers may drain and the wing may ask after the agent's end, in ms. */
export const LINGER_MS = 10_000;

/** What an egg is started with; tests pass their own gateway, sandbox and clock, stories where names lead. */
export interface EggOptions extends Pick<GatewayOptions, "dial" | "resolve"> {
  /** Folder (0700) with `egg.token` (0600) in it. */
  readonly eggDir: string;
  /** Text that every caller must present; by default what egg.token holds. */
  readonly token?: string;
  readonly log: Log;
  readonly clock?: Clock;
  readonly startWaitMs?: number;
  /** Whether the wing that spawned it is gone: nobody would start an agent then, nor look after one that waits. */
  readonly isOrphaned?: () => boolean;
  readonly openGateway?: (options: GatewayOptions) => Promise<Gateway>;
  readonly prepareSandbox?: (request: SandboxRequest) => Promise<Sandbox>;
}

/** An egg that listens on its socket. */
export interface EggApp extends AsyncDisposable {
  readonly socketPath: string;
  /** Resolves when the egg is over: agent ended, viewers drained, files removed. */
  readonly ended: Promise<void>;
  /** Prepares what a start will need, so that nobody waits for it then. */
  warmUp(): Promise<void>;
  /** Ends the agent and everything that it started; resolves when it ended. */
  stop(): Promise<void>;
}

/** Opens an egg's socket and waits for its agent. Throws EggFilesError, EggSocketError. */
export async function startEgg(options: EggOptions): Promise<EggApp> {
  const { eggDir, log, clock = systemClock, startWaitMs = START_WAIT_MS } = options;
  const files = new EggFiles(eggDir);
  const token = options.token ?? (await files.readToken());
  const gateway = new WarmGateway();
  const openGateway = options.openGateway ?? ((wanted: GatewayOptions) => gateway.open(wanted));
  const { dial, resolve } = options;
  const life = new EggLife({
    eggDir,
    clock,
    log,
    openGateway: (wanted) => openGateway({ ...wanted, ...(dial && { dial }), ...(resolve && { resolve }) }),
    prepareSandbox: options.prepareSandbox ?? prepareRealSandbox,
    spawnPty: async (launch, grid) => (await import("./pty/spawn-pty.ts")).spawnPty(launch, grid),
  });
  const server = await openEggServer({ socketPath: files.socketPath, token, service: eggService(life, log), log });
  try {
    await files.writePid();
  } catch (error) {
    await server.close();
    throw error;
  }
  log.info("egg waits for its agent");
  const probeHost = options.prepareSandbox === undefined ? probeRealHost : async () => {};
  const app = new ListeningEgg({ life, server, gateway, probeHost, files, clock, log });
  app.expectAgent({ waitMs: startWaitMs, isOrphaned: options.isOrphaned ?? (() => false) });
  return app;
}

/** Loaded when it is needed: the socket opens sooner. */
const prepareRealSandbox = async (request: SandboxRequest) =>
  (await import("./sandbox/sandbox.ts")).prepareSandbox(request);

/** Its programs run while this process loads code. */
const probeRealHost = async () => (await import("./sandbox/sandbox.ts")).warmSandbox();

/** What a start needs, in the order in which it needs it. */
const NEEDED_BY_START: readonly (() => Promise<unknown>)[] = [
  () => import("@wingthing/service-runtime/validate"),
  () => import("./gateway/gateway.ts"),
  () => import("./sandbox/sandbox.ts"),
  () => import("./session/session.ts"),
  () => import("./pty/spawn-pty.ts"),
];

interface Parts {
  readonly life: EggLife;
  readonly server: EggServer;
  readonly gateway: WarmGateway;
  /** Finds what the host can enforce with. */
  readonly probeHost: () => Promise<void>;
  readonly files: EggFiles;
  readonly clock: Clock;
  readonly log: Log;
}

class ListeningEgg implements EggApp {
  readonly ended: Promise<void>;
  readonly #parts: Parts;
  /** Aborted when nobody is left to wait for. */
  readonly #leave = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.ended = this.#run();
  }

  get socketPath(): string {
    return this.#parts.files.socketPath;
  }

  /** Ends the egg when no agent was started in time, or when nobody is left who would. */
  expectAgent({ waitMs, isOrphaned }: { readonly waitMs: number; readonly isOrphaned: () => boolean }): void {
    const { life, clock, log } = this.#parts;
    const until = clock.monotonicMs() + waitMs;
    const look = (): void => {
      const leftMs = until - clock.monotonicMs();
      if (life.isWaiting && (leftMs <= 0 || isOrphaned())) {
        log.warn("no agent was started, so the egg ends", { orphaned: leftMs > 0 });
        void life.stop();
      } else if (life.isBeforeAgent) {
        timer = clock.setTimer(Math.min(Math.max(leftMs, 1), PARENT_CHECK_MS), look);
      }
    };
    let timer = clock.setTimer(Math.min(waitMs, PARENT_CHECK_MS), look);
    void life.over.then(() => timer.cancel());
  }

  async warmUp(): Promise<void> {
    this.#parts.gateway.prepare();
    const probed = this.#parts.probeHost();
    for (const load of NEEDED_BY_START) {
      await load();
      // Calls are answered in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await probed;
  }

  async stop(): Promise<void> {
    await this.#parts.life.stop();
  }

  /** Ends everything without lingering. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave.abort();
    await this.stop();
    await this.ended;
  }

  async #run(): Promise<void> {
    const { life, server, gateway, files, clock, log } = this.#parts;
    const exited = await life.over;
    if (exited) {
      log.info("the agent ended", { code: exited.code, signal: exited.signal });
      await this.#noteExit(exited);
      await clock.sleep(LINGER_MS, this.#leave.signal).catch(() => {}); // left early
    }
    await server.close();
    await files.removeSignsOfLife();
    await life.close();
    await gateway[Symbol.asyncDispose]();
  }

  /** A full disk costs the note, which the wing can do without, and nothing else. */
  async #noteExit(exited: Exited): Promise<void> {
    const { files, clock, log } = this.#parts;
    try {
      await files.writeExit(exited, clock.now());
    } catch (error) {
      log.warn("the agent's end could not be written down", { error });
    }
  }
}
