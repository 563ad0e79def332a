import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { EggCalls } from "./test-egg.ts";

/** How long a process may take to open its socket, in ms: less than a test may take. */
const SOCKET_TIMEOUT_MS = 15_000;

/** How a test spawns an egg. */
export interface EggProcessOptions {
  readonly dir: string;
  /** Entry below `src`. */
  readonly entry?: string;
  /** Program and arguments in front of Node. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** More descriptors, from 3 up. */
  readonly extraStdio?: readonly ("pipe" | "ignore")[];
}

/** An egg in a process of its own, as a wing spawns it. */
export class EggProcess implements Disposable {
  readonly child: ChildProcess;
  readonly #dir: string;
  #log = "";
  /** Resolves with exit code or signal. */
  readonly ended: Promise<number | string>;

  constructor({
    dir,
    entry = "testing/main-without-sandbox.ts",
    prefix = [],
    env = {},
    extraStdio = [],
  }: EggProcessOptions) {
    const main = join(import.meta.dirname, "..", entry);
    const [program = "", ...args] = [...prefix, process.execPath, main];
    const stdio: StdioOptions = ["ignore", "ignore", "pipe", ...extraStdio];
    const environment = { PATH: process.env["PATH"] ?? "", WT_EGG_DIR: dir, ...env };
    this.child = spawn(program, args, { env: environment, stdio });
    this.child.stderr?.on("data", (chunk) => {
      this.#log += chunk;
    });
    this.#dir = dir;
    this.ended = new Promise((resolve) => this.child.on("close", (code, signal) => resolve(code ?? signal ?? "")));
  }

  /** Lines of its log that are JSON. */
  get log(): readonly Record<string, unknown>[] {
    return this.#log.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  }

  /** Resolves with calls of the egg once its socket is open. */
  async ready(): Promise<EggCalls> {
    const socketPath = join(this.#dir, "egg.sock");
    const until = performance.now() + SOCKET_TIMEOUT_MS;
    while (!(await takesConnections(socketPath))) {
      if (performance.now() > until || this.child.exitCode !== null)
        throw new Error(`no egg: ${this.#log.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return new EggCalls(socketPath);
  }

  [Symbol.dispose](): void {
    this.child.kill("SIGKILL");
  }
}

function takesConnections(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
