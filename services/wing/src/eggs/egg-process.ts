import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { connect } from "node:net";
import type { Clock } from "@wingthing/service-runtime/clock";
import { diskFullOr } from "../identity/private-file.ts";
import type { EggFolder } from "./egg-folder.ts";
import { findProcess, type ProcessIdentity, runs, signalProcess } from "./process-identity.ts";

/** An egg opens its socket within half a second; on a machine that is busy starting many, ten seconds are enough. */
const SOCKET_WAIT_MS = 10_000;
/** First pause between two looks at the socket; doubles up to the longest. */
const FIRST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 40;
/** How long a killed process may take to disappear. */
const KILL_WAIT_MS = 2_000;
/** How long the news of a process's end may take; they come within milliseconds. */
const EXIT_NEWS_WAIT_MS = 500;
/** The end of egg.log that goes into an error: enough for a stack trace's head. */
const LOG_TAIL_BYTES = 2_048;

/** An egg's process ended before its agent ran. */
export class EggDiedError extends Error {
  override readonly name = "EggDiedError";
  constructor(how: string, logTail: string) {
    super(`the egg's process ended (${how}) before its agent ran; its log ends with: ${logTail || "(nothing)"}`);
  }

  /** Reads the log, which is gone with the egg's folder. */
  static async of(egg: EggProcess, logFile: string, clock: Clock): Promise<EggDiedError> {
    return new EggDiedError(await egg.howItEnded(clock), await readTail(logFile));
  }
}

/** An egg's process runs and does not open its socket. */
export class EggNotReadyError extends Error {
  override readonly name = "EggNotReadyError";
  constructor(waitedMs: number, logTail: string) {
    super(
      `the egg did not open its socket within ${waitedMs} ms and was killed; on a busy machine try again. ` +
        `Its log ends with: ${logTail || "(nothing)"}`,
    );
  }
}

/** The egg's program cannot be run at all. */
export class EggProgramError extends Error {
  override readonly name = "EggProgramError";
  constructor(file: string, cause: Error) {
    super(`the egg's program ${file} cannot be run: ${cause.message}. Install wt again`, { cause });
  }
}

/** How an egg is spawned. */
export interface EggSpawnOptions {
  readonly program: { readonly file: string; readonly args: readonly string[] };
  /** The egg's whole environment but WT_EGG_*: nothing secret, since /proc shows it to programs of the same user. */
  readonly env: Readonly<Record<string, string>>;
  /** The egg waits for its session longer than usual. */
  readonly spare: boolean;
  readonly clock: Clock;
  /** Longest wait for the socket; SOCKET_WAIT_MS when absent. */
  readonly socketWaitMs?: number;
}

/** The process of one egg, spawned by this wing or found alive by it. */
export class EggProcess {
  readonly identity: ProcessIdentity;
  /** How it ended, once Node tells. */
  #exit: string | undefined;
  readonly #exited: Promise<void> | undefined;

  private constructor(identity: ProcessIdentity, child?: ChildProcess) {
    this.identity = identity;
    if (child === undefined) return;
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#exit = signal === null ? `exit code ${code ?? "unknown"}` : `ended by ${signal}`;
        resolve();
      });
    });
  }

  /** An egg of an earlier wing. */
  static adopt(identity: ProcessIdentity): EggProcess {
    return new EggProcess(identity);
  }

  /** An egg that this wing has just spawned. */
  static own(identity: ProcessIdentity, child: ChildProcess): EggProcess {
    return new EggProcess(identity, child);
  }

  /**
   * Spawns an egg that outlives this process and waits until its socket takes connections. On any failure the process
   * is gone; the folder is left to the caller.
   * @throws EggProgramError, EggDiedError, EggNotReadyError.
   */
  static async spawn(folder: EggFolder, options: EggSpawnOptions): Promise<EggProcess> {
    const egg = await startProcess(folder, options);
    try {
      await folder.writeSpawned(egg.identity);
      await egg.#untilSocketOpens(folder, options);
      return egg;
    } catch (cause) {
      await egg.kill(options.clock);
      throw cause;
    }
  }

  get running(): boolean {
    return this.#exit === undefined && runs(this.identity);
  }

  /**
   * How a process that is gone ended, as in "exit code 1" or "ended by SIGKILL". Node tells of a child a moment after
   * the kernel does; of an adopted process nobody tells.
   */
  async howItEnded(clock: Clock): Promise<string> {
    if (this.#exited === undefined) return "nobody saw how";
    await Promise.race([this.#exited, clock.sleep(EXIT_NEWS_WAIT_MS)]);
    return this.#exit ?? "nobody saw how";
  }

  /** Whether the process is gone: its connections break a moment before the kernel counts it as ended. */
  async isGone(clock: Clock): Promise<boolean> {
    const until = clock.monotonicMs() + EXIT_NEWS_WAIT_MS;
    while (this.running && clock.monotonicMs() < until) await clock.sleep(FIRST_LOOK_MS);
    return !this.running;
  }

  /** Calls the handler when a process of our own has ended. */
  onExit(handler: () => void): void {
    void this.#exited?.then(handler);
  }

  /** Ends the process at once; with it, by their own parent links, its sandbox and its agent. */
  async kill(clock: Clock): Promise<void> {
    signalProcess(this.identity, "SIGKILL");
    const until = clock.monotonicMs() + KILL_WAIT_MS;
    while (this.running && clock.monotonicMs() < until) await clock.sleep(FIRST_LOOK_MS);
  }

  /** Asks the egg to end its agent and then itself. */
  terminate(): void {
    signalProcess(this.identity, "SIGTERM");
  }

  async #untilSocketOpens(folder: EggFolder, options: EggSpawnOptions): Promise<void> {
    const waitMs = options.socketWaitMs ?? SOCKET_WAIT_MS;
    const until = options.clock.monotonicMs() + waitMs;
    for (let pauseMs = FIRST_LOOK_MS; !(await takesConnections(folder.socket)); ) {
      if (!this.running) throw await EggDiedError.of(this, folder.log, options.clock);
      if (options.clock.monotonicMs() >= until) throw new EggNotReadyError(waitMs, await readTail(folder.log));
      await options.clock.sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_MS);
    }
  }
}

async function startProcess(folder: EggFolder, options: EggSpawnOptions): Promise<EggProcess> {
  const log = openLog(folder.log);
  try {
    const child = spawn(options.program.file, [...options.program.args], {
      cwd: folder.path,
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...options.env, WT_EGG_DIR: folder.path, ...(options.spare ? { WT_EGG_SPARE: "1" } : {}) },
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once("error", (cause) => reject(new EggProgramError(options.program.file, cause)));
      child.once("spawn", () => resolve(child.pid ?? 0));
    });
    // A process that is gone already has no start time; number and empty time match nothing that runs.
    const egg = EggProcess.own(findProcess(pid) ?? { pid, startTime: "" }, child);
    child.unref();
    return egg;
  } finally {
    closeSync(log);
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (cause) {
    throw diskFullOr(cause, path);
  }
}

function takesConnections(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function readTail(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, LOG_TAIL_BYTES));
    await file.read(tail, 0, tail.length, size - tail.length);
    return tail.toString("utf8").trim();
  } finally {
    await file.close();
  }
}
