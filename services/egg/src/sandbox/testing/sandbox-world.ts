import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type {
  Account,
  DriverReply,
  DriverRequest,
  Finished,
  Introduction,
  SessionOptions,
  TerminalStep,
} from "./driver-messages.ts";
import type { WorldFolders } from "./world-folders.ts";

/** The driver refused to build a sandbox, by the class of its error. */
export class RefusedError extends Error {
  readonly refusal: string;

  constructor(refusal: string, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

type Asked = DriverRequest extends infer Request ? (Request extends unknown ? Omit<Request, "id"> : never) : never;

/** A person with files, sockets and an egg, as one account of this host. */
export class SandboxWorld implements AsyncDisposable {
  readonly folders: WorldFolders;
  readonly #driver: ChildProcess;
  readonly #base: string;
  readonly #waiting = new Map<number, (reply: DriverReply) => void>();
  #asked = 0;

  private constructor(driver: ChildProcess, base: string, folders: WorldFolders) {
    this.#driver = driver;
    this.#base = base;
    this.folders = folders;
    driver.on("message", (reply: DriverReply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  /** Outside of /tmp and its like, which every sandbox replaces: the world's folders must be ones that could be seen. */
  static async open(account?: Account): Promise<SandboxWorld> {
    const place = process.geteuid?.() === 0 ? "/opt" : homedir();
    const base = mkdtempSync(join(place, "wingthing-test-"));
    if (account !== undefined) chownSync(base, account.uid, account.gid);
    const introduction: Introduction = account === undefined ? { base } : { base, account };
    const program = new URL("sandbox-driver.ts", import.meta.url).pathname;
    const driver = fork(program, [JSON.stringify(introduction)], {
      execArgv: [],
      env: { PATH: process.env["PATH"], DRIVER_SECRET: "of-the-egg-itself" },
    });
    const [first] = await Promise.race([once(driver, "message"), once(driver, "exit")]);
    if (typeof first !== "object" || first === null || !("ready" in first))
      throw new Error(`the driver ended: ${first}`);
    return new SandboxWorld(driver, base, first.ready);
  }

  /** Runs a bash script in a sandbox. */
  inside(script: string, options: SessionOptions = {}): Promise<Finished> {
    return this.#ask({ kind: "inside", script, options });
  }

  /** Runs the same script without a sandbox. */
  outside(script: string, options: SessionOptions = {}): Promise<Finished> {
    return this.#ask({ kind: "outside", script, options });
  }

  /** Runs a program in a sandbox on a terminal of 80 by 24, to its end. */
  terminal(argv: readonly string[], steps: readonly TerminalStep[], options: SessionOptions = {}): Promise<Finished> {
    return this.#ask({ kind: "terminal", argv, steps, options });
  }

  /** The enforcement report, as JSON. */
  async enforcement(options: SessionOptions = {}): Promise<string> {
    return (await this.#ask({ kind: "enforcement", options })).output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#driver, "exit");
    this.#driver.disconnect();
    await ended;
    rmSync(this.#base, { recursive: true, force: true });
  }

  #ask(asked: Asked): Promise<Finished> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (reply) => {
        if ("finished" in reply) resolve(reply.finished);
        else reject(new RefusedError(reply.refused.name, reply.refused.message));
      });
      this.#driver.send({ ...asked, id });
    });
  }
}
