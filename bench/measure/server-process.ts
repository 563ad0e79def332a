import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Clock ticks a second in /proc; fixed by Linux's ABI. */
const TICKS_PER_SECOND = 100;
const BYTES_PER_KB = 1024;

/** Makes V8 collect what it can, often, so that resident memory is what is held and not what was left. */
const COLLECTING = ["--expose-gc", "--import", "data:text/javascript,setInterval(gc, 250).unref()"];

/** What a process has used. */
export interface ProcessUsage {
  /** User and system, since its start; in steps of 10 ms. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** A Node program that serves something, in a process of its own, so that its memory and CPU are its own. */
export class ServerProcess implements AsyncDisposable {
  /** Where it serves. */
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts a program that writes a line of JSON with its `url`, and ends with its standard input. `collecting`: for
   * measurements of memory; it costs speed.
   */
  static async start(program: string, { collecting = false } = {}): Promise<ServerProcess> {
    const flags = collecting ? COLLECTING : [];
    const child = spawn(process.execPath, [...flags, program], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    const early = once(child, "exit").then(([code]) => {
      throw new Error(`${program} ended with ${code} before it said its address`);
    });
    const [line] = await Promise.race([once(lines, "line"), early]);
    early.catch(() => {});
    return new ServerProcess(child, (JSON.parse(line) as { url: string }).url);
  }

  usage(): ProcessUsage {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    // The name of the program, in brackets, may hold blanks; fields 14 and 15 are utime and stime.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const cpuMs = ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000;
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"));
    return { cpuMs, residentBytes: Number(resident?.[1]) * BYTES_PER_KB };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    await ended;
  }
}
