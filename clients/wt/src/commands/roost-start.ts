import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CommandError, EXIT } from "../command-error.ts";
import { eggProgram } from "../egg-program.ts";
import { readRoostRecord, removeRoostRecord, writeRoostRecord } from "../roost/roost-record.ts";
import { stateDir } from "../state-dir.ts";
import { VERSION } from "../version.ts";

/** What `wt roost start` was asked for. */
export interface RoostStartOptions {
  readonly foreground?: boolean;
  readonly host: string;
  readonly port: number;
  readonly local?: boolean;
  readonly paths?: readonly string[];
  readonly labels?: readonly string[];
}

/** A start in the background that takes longer than this has failed; its log says why. In milliseconds. */
const START_WAIT_MS = 30_000;
/** Pause between two looks at the record that the new process writes, in milliseconds. */
const LOOK_AGAIN_MS = 50;
/** The addresses that mean "this machine only". */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

function webDir(): string {
  const folder = fileURLToPath(import.meta.resolve("@wingthing/web/dist/index.html"));
  if (!existsSync(folder)) {
    throw new CommandError(
      "the web client is not built; `npm start` builds it, or run: npm run build -w @wingthing/web",
      EXIT.unavailable,
    );
  }
  return resolve(folder, "..");
}

function refuseSecondRoost(folder: string): void {
  const record = readRoostRecord(folder);
  if (record === undefined) return;
  throw new CommandError(
    `a roost already runs at ${record.url} (pid ${record.pid}); stop it with: wt roost stop`,
    EXIT.unavailable,
  );
}

/** `wt roost start`: roost and wing in one process, in the background unless told otherwise. */
export async function roostStart(options: RoostStartOptions): Promise<void> {
  const folder = stateDir();
  refuseSecondRoost(folder);
  if (options.foreground === true) await runHere(folder, options);
  else await runInBackground(folder);
}

/** Adds the option of this command that gets around a taken port. */
function sayHowToChoosePort(error: unknown): never {
  if (error instanceof Error && error.name === "PortTakenError") {
    throw new CommandError(`${error.message} Here: wt roost start --port 0`, EXIT.unavailable);
  }
  throw error;
}

async function runHere(folder: string, options: RoostStartOptions): Promise<void> {
  const [{ startRoost }, { createLog }] = await Promise.all([
    import("../roost/start-roost.ts"),
    import("@wingthing/service-runtime/log-file"),
  ]);
  const token = process.env["WT_ROOST_TOKEN"];
  const roost = await startRoost({
    stateDir: folder,
    home: homedir(),
    hostEnv: process.env,
    ...(LOOPBACK.has(options.host) ? {} : { host: options.host }),
    port: options.port,
    ...(token === undefined || token === "" ? {} : { token }),
    webDir: webDir(),
    eggProgram: eggProgram(),
    ...(options.paths === undefined ? {} : { roots: options.paths.map((path) => resolve(path)) }),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    version: VERSION,
    log: createLog({ file: join(folder, "roost.log") }),
  }).catch(sayHowToChoosePort);
  await writeRoostRecord(folder, roost.url);
  console.log(
    `\n  wingthing is open at ${roost.url}\n  this machine is wing ${roost.wing.wingId}; Ctrl-C stops it, sessions live on\n`,
  );
  const signal = await nextSignal();
  if (signal === "SIGINT") console.log("\nstopping …");
  await roost.stop();
  await removeRoostRecord(folder);
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolveSignal) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolveSignal);
  });
}

async function runInBackground(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logFile = join(folder, "roost.log");
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, [...process.argv.slice(1), "--foreground"], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const ended = new Promise<number>((resolveExit) => child.once("exit", (code) => resolveExit(code ?? EXIT.failed)));
  const until = Date.now() + START_WAIT_MS;
  for (;;) {
    const record = readRoostRecord(folder);
    if (record?.pid === child.pid && record !== undefined) {
      child.unref();
      console.log(`wingthing is open at ${record.url} (pid ${record.pid}); stop it with: wt roost stop`);
      return;
    }
    const code = await Promise.race([ended, delay(LOOK_AGAIN_MS, undefined)]);
    if (code !== undefined || Date.now() > until) {
      throw new CommandError(`the roost did not start; the end of ${logFile} says why`, EXIT.unavailable);
    }
  }
}
