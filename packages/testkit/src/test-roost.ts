import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { RecordingProxy } from "./recording-proxy.ts";
import { makeTempDir, type TempDir } from "./temp-dir.ts";

/** A roost that takes longer than this to open has failed, in milliseconds. */
const OPEN_WAIT_MS = 30_000;
/** The repository's root. */
export const REPOSITORY = resolve(fileURLToPath(import.meta.url), "../../../..");

/** What a story wants of its roost. */
export interface TestRoostOptions {
  /** Prepares the person's home and returns the environment of the roost beside PATH, HOME and the like. */
  readonly prepare?: (home: string) => Readonly<Record<string, string>>;
  /** Where an egg's gateway dials in place of the real address: "api.example.com:443" → "127.0.0.1:PORT". */
  readonly upstreams?: Readonly<Record<string, string>>;
  /** false: browsers and the wing reach the roost itself, for measurements. */
  readonly proxied?: boolean;
}

/** Runs a program to the line of JSON that says it is open. */
async function openLine(child: ChildProcess, logFile: string): Promise<{ url: string; wingId: string }> {
  const stdout = child.stdout;
  if (stdout === null) throw new Error("the roost has no standard output");
  const lines = createInterface({ input: stdout });
  const timeout = AbortSignal.timeout(OPEN_WAIT_MS);
  return await new Promise((resolveLine, reject) => {
    lines.once("line", (line) => resolveLine(JSON.parse(line)));
    child.once("exit", (code) =>
      reject(new Error(`the roost ended with ${code} before it was open\n${readLog(logFile)}`)),
    );
    timeout.addEventListener("abort", () =>
      reject(new Error(`the roost was not open within ${OPEN_WAIT_MS} ms\n${readLog(logFile)}`)),
    );
  });
}

function readLog(file: string): string {
  try {
    return readFileSync(file, "utf8").slice(-4000);
  } catch {
    return "(no log)";
  }
}

/** A whole roost with a wing in a process of its own, on a home of its own, behind a recording proxy. */
export class TestRoost implements AsyncDisposable {
  readonly proxy: RecordingProxy;
  /** The person's home folder. */
  readonly home: string;
  readonly stateDir: string;
  readonly wingId: string;
  readonly #dir: TempDir;
  readonly #options: TestRoostOptions;
  #child: ChildProcess;
  #directUrl: string;

  private constructor(parts: {
    dir: TempDir;
    proxy: RecordingProxy;
    options: TestRoostOptions;
    child: ChildProcess;
    opened: { url: string; wingId: string };
  }) {
    this.#dir = parts.dir;
    this.proxy = parts.proxy;
    this.#options = parts.options;
    this.#child = parts.child;
    this.wingId = parts.opened.wingId;
    this.#directUrl = parts.opened.url;
    this.home = join(parts.dir.path, "home");
    this.stateDir = join(this.home, ".wingthing");
  }

  /** Starts one. */
  static async start(options: TestRoostOptions = {}): Promise<TestRoost> {
    const dir = await makeTempDir("roost");
    mkdirSync(join(dir.path, "home"), { recursive: true });
    const proxy = await RecordingProxy.listen();
    const { child, opened } = await spawnRoost(dir, proxy, options);
    return new TestRoost({ dir, proxy, options, child, opened });
  }

  /** Where browsers open it: through the proxy, unless the roost is not proxied. */
  get url(): string {
    return this.#options.proxied === false ? this.#directUrl : this.proxy.url;
  }

  /** Process id of the roost. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Everything that the roost and its wing logged. */
  get log(): string {
    return readLog(join(this.#dir.path, "roost.log"));
  }

  /** Ends the process with the signal and starts another on the same state; eggs live on in between. */
  async restart(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.#end(signal);
    const { child, opened } = await spawnRoost(this.#dir, this.proxy, this.#options);
    this.#child = child;
    this.#directUrl = opened.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopSessions();
    await this.#end("SIGTERM");
    await this.proxy[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }

  async #stopSessions(): Promise<void> {
    const { createWingClient } = await import("@wingthing/wt/wing/wing-client");
    const wing = createWingClient(this.stateDir);
    try {
      const { sessions } = await wing.sessions.list({});
      await Promise.all(sessions.map(({ sessionId }) => wing.sessions.stop({ sessionId }).catch(() => undefined)));
    } catch {
      // The wing is gone already; its eggs end with their agents.
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolveExit) => this.#child.once("exit", resolveExit));
    this.#child.kill(signal);
    await exited;
  }
}

async function spawnRoost(dir: TempDir, proxy: RecordingProxy, options: TestRoostOptions) {
  const home = join(dir.path, "home");
  const egg = join(REPOSITORY, "services/egg/src");
  const logFile = join(dir.path, "roost.log");
  const given = {
    stateDir: join(home, ".wingthing"),
    home,
    webDir: join(REPOSITORY, "clients/web/dist"),
    eggArgs:
      options.upstreams === undefined
        ? [join(egg, "main.ts")]
        : [join(egg, "testing/main-with-upstreams.ts"), JSON.stringify(options.upstreams)],
    logFile,
    ...(options.proxied === false ? {} : { wingDials: proxy.url.replace("localhost", "127.0.0.1") }),
  };
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("./programs/roost.ts", import.meta.url)), JSON.stringify(given)],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        SHELL: "/bin/bash",
        LANG: "C.UTF-8",
        ...options.prepare?.(home),
      },
    },
  );
  const opened = await openLine(child, logFile);
  proxy.target = opened.url;
  return { child, opened };
}
