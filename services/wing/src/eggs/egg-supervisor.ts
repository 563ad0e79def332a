import { ConnectError } from "@connectrpc/connect";
import type { ResolvedEggConfig } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { TerminalEvent, TerminalSize } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { newSessionId, type RandomSource } from "@wingthing/contracts/ids";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { createEggClient } from "./egg-client.ts";
import { EggUnreachableError, explainEggError } from "./egg-errors.ts";
import { EggFolder, type SessionEnd, type SessionRecord } from "./egg-folder.ts";
import { EggDiedError, EggProcess } from "./egg-process.ts";
import { discardEgg, type ReadyEgg } from "./ready-egg.ts";
import type { SessionList } from "./session-list.ts";
import { sessionEnded, sessionFromRecord } from "./session-view.ts";
import { type AttachCommand, onlyTheEnd, SupervisedEgg } from "./supervised-egg.ts";
import { WarmSpare } from "./warm-spare.ts";

/** Agents at once: an egg takes about 60 MB beside its agent, and a machine with room for more is rare. */
const MAX_RUNNING_SESSIONS = 64;
/** Setting a sandbox up takes 0.2 s; a machine that starts many at once gets a minute. */
const START_WAIT_MS = 60_000;

/** More agents run than a wing carries. */
export class TooManySessionsError extends Error {
  override readonly name = "TooManySessionsError";
  constructor(running: number) {
    super(`${running} sessions run already: stop one first`);
  }
}

/** The wing is about to end. */
export class WingStopsError extends Error {
  override readonly name = "WingStopsError";
  constructor() {
    super("the wing stops and starts no more sessions: try again when it runs");
  }
}

/** No session has this id. */
export class SessionNotFoundError extends Error {
  override readonly name = "SessionNotFoundError";
  constructor(sessionId: string) {
    super(`there is no session ${JSON.stringify(sessionId.slice(0, 40))}: wt egg list shows those that are`);
  }
}

/** A session whose agent runs was to be taken off the list. */
export class SessionRunsError extends Error {
  override readonly name = "SessionRunsError";
  constructor(sessionId: string) {
    super(`session ${sessionId} still runs: stop it first`);
  }
}

/** What an egg is told to run. */
export interface SessionPlan {
  readonly agent: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: ResolvedEggConfig;
  readonly size: TerminalSize;
}

/** What supervision needs. */
export interface SupervisorOptions {
  readonly eggsDir: string;
  readonly program: { readonly file: string; readonly args: readonly string[] };
  /** The eggs' own environment. */
  readonly eggEnv: Readonly<Record<string, string>>;
  readonly list: SessionList;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after each change that may have changed how many agents run. */
  readonly onRunning?: (running: number) => void;
  /** Agents at once; for tests. */
  readonly maxRunning?: number;
  /** Longest wait for an egg's socket; for tests. */
  readonly socketWaitMs?: number;
}

/** Starts eggs, adopts those of an earlier wing, and knows every session until it is forgotten. */
export class EggSupervisor {
  readonly #options: SupervisorOptions;
  readonly #eggs = new Map<string, SupervisedEgg>();
  readonly #ended = new Map<string, EggFolder>();
  readonly #spare: WarmSpare;
  #starting = 0;
  #closed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#spare = new WarmSpare({ spawn: () => this.#spawn(true), clock: options.clock, log: options.log });
  }

  /** Sessions whose agent runs. */
  get running(): number {
    return [...this.#eggs.values()].filter((egg) => egg.agentRuns).length;
  }

  /** Begins to keep a spare egg. */
  keepSpare(): void {
    this.#spare.warm(0);
  }

  /** Takes over what an earlier wing left: living eggs go on, ended sessions are listed, all else is removed. */
  async adopt(): Promise<void> {
    const folders = await EggFolder.list(this.#options.eggsDir);
    await Promise.all(folders.map((folder) => this.#adoptFolder(folder)));
  }

  /**
   * Starts a session in an egg of its own. When that fails nothing is left behind.
   * @throws TooManySessionsError, EggDiedError and the like, and the egg's refusals as ConnectError.
   */
  async start(plan: SessionPlan): Promise<Session> {
    if (this.#closed) throw new WingStopsError();
    const taken = this.running + this.#starting;
    if (taken >= (this.#options.maxRunning ?? MAX_RUNNING_SESSIONS)) throw new TooManySessionsError(taken);
    this.#starting += 1;
    try {
      const egg = (await this.#spare.take()) ?? (await this.#spawn(false));
      try {
        return await this.#startIn(egg, plan);
      } catch (cause) {
        const explained = await this.#explainStart(cause, egg);
        await discardEgg(egg, this.#options.clock);
        throw explained;
      }
    } finally {
      this.#starting -= 1;
      this.#spare.warm();
    }
  }

  /**
   * One viewer's terminal. A session whose egg is gone tells how it ended and nothing else.
   * @throws SessionNotFoundError, EggUnreachableError, and the egg's own refusals as ConnectError.
   */
  attach(sessionId: string, commands: AsyncIterable<AttachCommand>, signal: AbortSignal): AsyncIterable<TerminalEvent> {
    const egg = this.#eggs.get(sessionId);
    if (egg !== undefined) return egg.attach(commands, signal);
    const session = this.#options.list.get(sessionId);
    if (session === undefined) throw new SessionNotFoundError(sessionId);
    return onlyTheEnd(session);
  }

  /** Ends a session's agent; a session that has ended is returned as it is. @throws SessionNotFoundError. */
  async stop(sessionId: string, reason = ""): Promise<Session> {
    const egg = this.#eggs.get(sessionId);
    const session = egg === undefined ? this.#options.list.get(sessionId) : await egg.stop(reason);
    if (session === undefined) throw new SessionNotFoundError(sessionId);
    return session;
  }

  /** Takes an ended session off the list and deletes its folder. @throws SessionNotFoundError, SessionRunsError. */
  async forget(sessionId: string): Promise<void> {
    const egg = this.#eggs.get(sessionId);
    const folder = this.#ended.get(sessionId);
    if (egg === undefined && folder === undefined) throw new SessionNotFoundError(sessionId);
    if (egg?.agentRuns === true) throw new SessionRunsError(sessionId);
    this.#eggs.delete(sessionId);
    this.#ended.delete(sessionId);
    this.#options.list.remove(sessionId);
    await (egg ?? folder)?.remove();
  }

  /** Lets go of all eggs, which live on, and ends the spare. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#spare.close();
    await Promise.all([...this.#eggs.values()].map((egg) => egg.leave()));
  }

  async #spawn(spare: boolean): Promise<ReadyEgg> {
    const { eggsDir, random, program, eggEnv: env, clock, socketWaitMs } = this.#options;
    const folder = await EggFolder.make(eggsDir, newSessionId(random));
    try {
      const wait = socketWaitMs === undefined ? {} : { socketWaitMs };
      const process = await EggProcess.spawn(folder, { program, env, spare, clock, ...wait });
      return await this.#connected(folder, process);
    } catch (cause) {
      await folder.remove();
      throw cause;
    }
  }

  async #startIn(egg: ReadyEgg, plan: SessionPlan): Promise<Session> {
    const { sessionId } = egg.folder;
    const record: SessionRecord = { agent: plan.agent, cwd: plan.cwd, startedAtMs: this.#options.clock.now() };
    await egg.folder.writeRecord(record);
    const { enforcement } = await egg.client.calls.start(
      { ...plan, sessionId, argv: [...plan.argv], env: { ...plan.env, WT_SESSION_ID: sessionId } },
      { timeoutMs: START_WAIT_MS },
    );
    const session = { ...sessionFromRecord(sessionId, record), enforcement, size: plan.size };
    this.#supervise(egg, session);
    this.#options.log.info("session started", { sessionId, agent: plan.agent });
    return session;
  }

  /** Why a start failed, in terms of the egg that was to run it. */
  async #explainStart(cause: unknown, egg: ReadyEgg): Promise<unknown> {
    if (!(cause instanceof ConnectError)) return cause;
    const { clock } = this.#options;
    const explained = explainEggError(cause, egg);
    if (!(explained instanceof EggUnreachableError) || !(await egg.process.isGone(clock))) return explained;
    return EggDiedError.of(egg.process, egg.folder.log, clock);
  }

  #supervise(egg: ReadyEgg, session: Session): void {
    const { clock, log } = this.#options;
    const supervised = new SupervisedEgg(egg, session, { onSession: (newer) => this.#show(newer), clock, log });
    this.#eggs.set(session.sessionId, supervised);
    this.#show(session);
    // An agent that began to run while the wing ended is for the next wing to adopt.
    if (this.#closed) egg.client.close();
    else supervised.follow();
  }

  #show(session: Session): void {
    this.#options.list.set(session);
    this.#options.onRunning?.(this.running);
  }

  async #adoptFolder(folder: EggFolder): Promise<void> {
    const [record, end, process] = await Promise.all([folder.readRecord(), folder.readEnd(), aliveProcess(folder)]);
    if (record === undefined) return this.#reap(folder, process);
    const session = sessionFromRecord(folder.sessionId, record);
    if (process === undefined) return this.#listEnded(folder, session, end);
    // An agent that has ended leaves its egg alive for a moment, so that viewers drain.
    this.#supervise(await this.#connected(folder, process), end === undefined ? session : sessionEnded(session, end));
    this.#options.log.info("egg adopted", { sessionId: folder.sessionId });
  }

  /** A spare, or an egg that never opened its socket: nobody waits for either. */
  async #reap(folder: EggFolder, process: EggProcess | undefined): Promise<void> {
    await process?.kill(this.#options.clock);
    await folder.remove();
    this.#options.log.info("egg without a session reaped", { sessionId: folder.sessionId });
  }

  async #listEnded(folder: EggFolder, session: Session, known: SessionEnd | undefined): Promise<void> {
    const end = known ?? {
      endedAtMs: this.#options.clock.now(),
      reason: "its egg was gone when the wing started again",
    };
    await folder.writeEnd(end);
    this.#ended.set(folder.sessionId, folder);
    this.#show(sessionEnded(session, end));
  }

  async #connected(folder: EggFolder, process: EggProcess): Promise<ReadyEgg> {
    // Without its token an egg answers `unauthenticated`, and its session shows as one that does not answer.
    const token = (await folder.readToken()) ?? "";
    return { folder, process, client: createEggClient(folder.socket, token) };
  }
}

/** The egg's own word counts; the wing's is for an egg that never came as far as writing its own. */
async function aliveProcess(folder: EggFolder): Promise<EggProcess | undefined> {
  const identity = (await folder.readEggProcess()) ?? (await folder.readSpawned());
  const process = identity === undefined ? undefined : EggProcess.adopt(identity);
  return process?.running === true ? process : undefined;
}
