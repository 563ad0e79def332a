import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkEntry } from "../gateway.ts";

/** How a program inside ended, and what it wrote. */
export interface InsideResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs programs where an agent would run them: in the gateway's namespaces, below a user namespace of their own. */
export class Inside implements AsyncDisposable {
  readonly #entry: NetworkEntry;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;

  static async create(entry: NetworkEntry, env: Readonly<Record<string, string>> = {}): Promise<Inside> {
    const folder = await mkdtemp(join(tmpdir(), "wt-inside-"));
    await writeFile(join(folder, "resolv.conf"), entry.resolvConf);
    return new Inside(entry, folder, env);
  }

  /** Not for callers: `create` makes one. */
  constructor(entry: NetworkEntry, folder: string, env: Readonly<Record<string, string>>) {
    this.#entry = entry;
    this.#folder = folder;
    this.#env = env;
  }

  /** Starts a program; no proxy variable is set unless `env` has one. */
  spawn(argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const [program, ...prefix] = [...this.#entry.enter, ...this.#sandbox(), ...argv];
    if (program === undefined) throw new Error("expected a program, found none");
    return spawn(program, prefix, {
      env: { PATH: "/usr/bin:/bin", HOME: this.#folder, ...this.#env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<InsideResult> {
    const child = this.spawn(argv, env);
    const [stdout, stderr, code] = await Promise.all([
      textOf(child.stdout),
      textOf(child.stderr),
      new Promise<number | null>((resolve) => child.once("close", resolve)),
    ]);
    return { code, stdout, stderr };
  }

  /** Standard output of a shell script that must succeed. */
  async sh(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(["/bin/bash", "-c", script], env);
    if (code !== 0) throw new Error(`expected success, found exit code ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #sandbox(): string[] {
    const uid = String(process.getuid?.() ?? 0);
    const gid = String(process.getgid?.() ?? 0);
    const namespaces = [
      "--unshare-user",
      "--uid",
      uid,
      "--gid",
      gid,
      "--unshare-pid",
      "--unshare-ipc",
      "--die-with-parent",
    ];
    const view = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", this.#folder, this.#folder];
    const names = ["--ro-bind", join(this.#folder, "resolv.conf"), "/etc/resolv.conf", "--chdir", this.#folder];
    return ["/usr/bin/bwrap", ...namespaces, "--cap-drop", "ALL", ...view, ...names, "--"];
  }
}

async function textOf(stream: AsyncIterable<unknown> | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}
