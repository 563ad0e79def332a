import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ResolvedEggConfig } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { type Enforcement, State, type Status, StatusSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { type Exited, ViewersSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { SessionId } from "@wingthing/contracts/ids";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import type { Gateway, GatewayOptions } from "../gateway/gateway.ts";
import type { Grid, Pty } from "../pty/pty.ts";
import type { Launch } from "../sandbox/launch.ts";
import type { Sandbox, SandboxRequest } from "../sandbox/sandbox.ts";
import {
  AgentMissingError,
  AlreadyStartedError,
  GatewayFailedError,
  NotStartedError,
  StoppedWhileStartingError,
} from "./egg-life-errors.ts";
import { EventWatch, MAX_WATCHES, TooManyWatchesError } from "./event-watch.ts";
import { clampGrid } from "./grid-policy.ts";
import type { Session } from "./session.ts";
import { stopAgent } from "./stop-agent.ts";
import { sizeOf } from "./viewer.ts";

/** What an egg is told to run. */
export interface AgentSpec {
  readonly sessionId: SessionId;
  /** Name, for people. */
  readonly agent: string;
  /** Program, absolute, and arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: ResolvedEggConfig;
  readonly grid: Grid;
}

/** What a life is made with; tests pass their own. */
export interface LifeOptions {
  readonly eggDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly openGateway: (options: GatewayOptions) => Promise<Gateway>;
  readonly prepareSandbox: (request: SandboxRequest) => Promise<Sandbox>;
  readonly spawnPty: (launch: Launch, grid: Grid) => Pty | Promise<Pty>;
}

interface Running {
  readonly spec: AgentSpec;
  readonly session: Session;
  readonly enforcement: readonly Enforcement[];
  readonly startedAt: number;
}

type Phase =
  | { readonly kind: "waiting" }
  | { readonly kind: "starting"; readonly spec: AgentSpec; readonly settled: Promise<void> }
  | ({ readonly kind: "running" } & Running)
  /** The agent ended, or was never started and will not be. */
  | { readonly kind: "over"; readonly ran?: Running };

/** Whole environment of an agent that names no terminal of its own. */
const TERMINAL_ENV = { TERM: "xterm-256color", COLORTERM: "truecolor" };

const STATES = { waiting: State.WAITING, starting: State.STARTING, running: State.RUNNING, over: State.EXITED };

/** The life of an egg: it waits, runs one agent in its sandbox behind its gateway, and is over. */
export class EggLife {
  readonly #options: LifeOptions;
  readonly #watches = new Set<EventWatch>();
  /** Gateway and sandbox of the agent that runs. */
  #held = new AsyncDisposableStack();
  #phase: Phase = { kind: "waiting" };
  #stopWanted = false;
  #tellOver: (exited: Exited | undefined) => void = () => {};
  /** Resolves when the agent ended, or with nothing when none will be started. */
  readonly over: Promise<Exited | undefined>;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.over = new Promise((resolve) => {
      this.#tellOver = resolve;
    });
  }

  /** Whether it waits for somebody to start an agent. */
  get isWaiting(): boolean {
    return this.#phase.kind === "waiting";
  }

  /** Whether it waits, or an agent is being started, which may fail. */
  get isBeforeAgent(): boolean {
    return this.#phase.kind === "waiting" || this.#phase.kind === "starting";
  }

  /** The session, also after its end. Throws NotStartedError. */
  get session(): Session {
    const running = this.#running;
    if (!running) throw new NotStartedError();
    return running.session;
  }

  /** What the egg is doing. */
  status(): Status {
    const running = this.#running;
    const spec = this.#phase.kind === "starting" ? this.#phase.spec : running?.spec;
    const { kind } = this.#phase;
    const status = create(StatusSchema, { state: STATES[kind] });
    if (spec) Object.assign(status, specStatus(spec));
    if (running) Object.assign(status, runStatus(running));
    return status;
  }

  /**
   * Starts the agent. When it fails nothing runs and nothing is left, and the egg waits again.
   * Throws AlreadyStartedError, AgentMissingError, PtySpawnError, and what the gateway and the sandbox refuse with.
   */
  async start(spec: AgentSpec): Promise<readonly Enforcement[]> {
    if (this.#phase.kind !== "waiting") throw new AlreadyStartedError();
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    this.#enter({ kind: "starting", spec, settled });
    try {
      const running = await this.#launch(spec);
      this.#enter({ kind: "running", ...running });
      return running.enforcement;
    } catch (error) {
      this.#enter({ kind: "waiting" });
      throw error;
    } finally {
      settle();
    }
  }

  /** Ends the agent and everything that it started; resolves when it ended. An egg that waits is over at once. */
  async stop(): Promise<Exited | undefined> {
    this.#stopWanted = true;
    if (this.#phase.kind === "starting") await this.#phase.settled;
    if (this.#phase.kind === "waiting") this.#finish({ kind: "over" }, undefined);
    if (this.#phase.kind === "running") {
      const { session } = this.#phase;
      await stopAgent({ kill: (signal) => session.kill(signal), ended: this.over }, this.#options.clock);
    }
    return this.over;
  }

  /** Begins to watch the events. Throws TooManyWatchesError. */
  watch(): EventWatch {
    if (this.#watches.size >= MAX_WATCHES) throw new TooManyWatchesError();
    const watch = new EventWatch(() => this.status());
    this.#watches.add(watch);
    return watch;
  }

  /** Ends a watch. */
  unwatch(watch: EventWatch): void {
    this.#watches.delete(watch);
  }

  /** Frees what the agent used; call it after `over`. */
  async close(): Promise<void> {
    await this.#release();
    this.#running?.session.close();
  }

  get #running(): Running | undefined {
    const phase = this.#phase;
    if (phase.kind === "running") return phase;
    return phase.kind === "over" ? phase.ran : undefined;
  }

  async #launch(spec: AgentSpec): Promise<Running> {
    const { openGateway, prepareSandbox, spawnPty, eggDir, clock, log } = this.#options;
    await assertProgram(spec);
    await using made = new AsyncDisposableStack();
    const gateway = made.use(await openGateway({ rules: spec.config.network, hostPorts: spec.config.hostPorts }));
    const health = this.#guard(gateway);
    const { argv, cwd, home, config } = spec;
    const env = { ...TERMINAL_ENV, PWD: cwd, ...spec.env };
    const request = { argv, cwd, home, env, config, eggDir, network: gateway.entry };
    const sandbox = made.adopt(await prepareSandbox(request), (prepared) => prepared.release());
    // Loaded here, so that the egg's socket opens sooner.
    const { Session } = await import("./session.ts");
    health.assertAlive();
    if (this.#stopWanted) throw new StoppedWhileStartingError();
    const grid = clampGrid(spec.grid);
    const session = ownedBy(await spawnPty(sandbox.launch, grid), (pty) => new Session({ pty, grid, clock, log }));
    health.onDeath(() => session.kill("SIGKILL"));
    session.onChange(() => this.#changed());
    session.onAttention((reason) => this.#each((watch) => watch.wanted(reason)));
    const running = {
      spec,
      session,
      enforcement: [...sandbox.enforcement, gateway.entry.enforcement],
      startedAt: clock.now(),
    };
    session.onExit((exited) => this.#finish({ kind: "over", ran: running }, exited));
    this.#held = made.move();
    return running;
  }

  /** Nothing fails open: an agent whose gateway died is killed at once. */
  #guard(gateway: Gateway): { assertAlive(): void; onDeath(kill: () => void): void } {
    let death: Error | undefined;
    let kill = () => {};
    gateway.onRefusal((refusal) => this.#each((watch) => watch.refused(refusal)));
    gateway.onFailure((error) => {
      this.#options.log.error("the gateway failed, so the agent is killed", { error });
      death = error;
      kill();
    });
    return {
      assertAlive: () => {
        if (death) throw new GatewayFailedError({ cause: death });
      },
      onDeath: (handler) => {
        kill = handler;
        if (death) kill();
      },
    };
  }

  #finish(phase: Phase, exited: Exited | undefined): void {
    this.#enter(phase);
    void this.#release();
    this.#tellOver(exited);
  }

  async #release(): Promise<void> {
    try {
      await this.#held.disposeAsync();
    } catch (error) {
      this.#options.log.warn("something of the sandbox was left behind", { error });
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#changed();
  }

  #changed(): void {
    this.#each((watch) => watch.changed());
  }

  #each(tell: (watch: EventWatch) => void): void {
    for (const watch of this.#watches) tell(watch);
  }
}

function specStatus({ sessionId, agent, cwd, grid }: AgentSpec): Partial<Status> {
  return { sessionId, agent, cwd, size: sizeOf(clampGrid(grid)) };
}

function runStatus({ session, enforcement, startedAt }: Running): Partial<Status> {
  const { controllers, watchers } = session.attendance;
  return {
    startedAt: timestampFromMs(startedAt),
    activeAt: timestampFromMs(session.activeAt),
    size: sizeOf(session.grid),
    outputSeq: BigInt(session.outputSeq),
    viewers: create(ViewersSchema, { controllers, watchers }),
    title: session.title,
    preview: session.preview,
    attention: session.attention,
    enforcement: [...enforcement],
    ...(session.exited && { exited: session.exited }),
  };
}

/** What cannot be watched over must not run. */
function ownedBy(pty: Pty, own: (pty: Pty) => Session): Session {
  try {
    return own(pty);
  } catch (error) {
    pty.kill("SIGKILL");
    throw error;
  }
}

async function assertProgram({ argv }: AgentSpec): Promise<void> {
  const program = argv[0] ?? "";
  try {
    await access(program, constants.X_OK);
  } catch (error) {
    throw new AgentMissingError(program, { cause: error });
  }
}
