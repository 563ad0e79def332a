import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, statSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import { NotEnforceableError } from "../../sandbox/not-enforceable.ts";
import { findHostProgram } from "./host-program.ts";

/** A holder is ready in about 6 ms; a host so loaded that it needs this long could not carry an agent either. */
const HOLDER_READY_MS = 10_000;

/** What bubblewrap says when it fails fits easily; the rest of a flood is dropped. */
const MAX_ERROR_TEXT_BYTES = 4_096;

const READY = "ready\n";

/**
 * A user namespace and a network namespace of its own, with nothing in it but a loopback interface.
 *
 * Both are owned by a holder process and pinned by two descriptors of this process. A session enters them and makes
 * its own user namespace below, so it has no capability over this network.
 */
export interface NetworkNamespace extends AsyncDisposable {
  /** argv prefix that enters both namespaces; valid while this process lives and the namespace is open. */
  readonly enter: readonly string[];
  /** Calls back once when the holder dies although nobody closed the namespace. */
  onDeath(handler: (error: NamespaceDiedError) => void): void;
  close(): Promise<void>;
}

/** The holder of the network namespace ended although nobody asked it to. */
export class NamespaceDiedError extends Error {
  override readonly name = "NamespaceDiedError";

  constructor(how: string) {
    super(`the holder of the egg's network namespace ended (${how}); the agent has no network and must be stopped`);
  }
}

/**
 * Makes the namespaces. bubblewrap makes them, because distributions that restrict user namespaces allow them to it.
 * @throws NotEnforceableError when the host does not let an ordinary process have them.
 */
export async function openNetworkNamespace(): Promise<NetworkNamespace> {
  const nsenter = findHostProgram("nsenter");
  const holder = new Holder();
  try {
    const pid = await holder.ready();
    return new HeldNamespace({ holder, pid, nsenter });
  } catch (error) {
    await holder.stop();
    throw error;
  }
}

class HeldNamespace implements NetworkNamespace {
  readonly enter: readonly string[];
  readonly #holder: Holder;
  readonly #descriptors: readonly number[];
  #open = true;

  constructor(made: { holder: Holder; pid: number; nsenter: string }) {
    this.#holder = made.holder;
    const user = openSync(`/proc/${made.pid}/ns/user`, "r");
    const network = openSync(`/proc/${made.pid}/ns/net`, "r");
    this.#descriptors = [user, network];
    assertForeign("user", user);
    assertForeign("net", network);
    const descriptor = (number: number) => `/proc/${process.pid}/fd/${number}`;
    this.enter = [
      made.nsenter,
      "--preserve-credentials",
      `--user=${descriptor(user)}`,
      `--net=${descriptor(network)}`,
      "--",
    ];
  }

  onDeath(handler: (error: NamespaceDiedError) => void): void {
    void this.#holder.ended.then((how) => {
      if (this.#open) handler(new NamespaceDiedError(how));
    });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    for (const descriptor of this.#descriptors) closeSync(descriptor);
    await this.#holder.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A namespace that is still the host's would mean no enforcement at all, so it is looked at rather than assumed. */
function assertForeign(kind: "user" | "net", descriptor: number): void {
  const own = statSync(`/proc/self/ns/${kind}`).ino;
  const held = statSync(`/proc/self/fd/${descriptor}`).ino;
  if (own !== held) return;
  throw new NotEnforceableError({
    area: "network",
    found: `bubblewrap left the ${kind} namespace shared with the host`,
    remedy: "Run: sudo apt-get install --reinstall bubblewrap",
  });
}

/**
 * The process that the namespaces belong to: a `cat` that echoes one line once it runs, which is after bubblewrap has
 * written the id maps and raised the loopback interface, and then sleeps on its input. It ends with this process: by
 * the parent-death signal, and because its input ends.
 */
class Holder {
  /** How it ended. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #input: Writable;
  readonly #echo: Promise<void>;
  readonly #status: Promise<number>;
  #errorText = "";

  constructor() {
    const namespaces = ["--unshare-user", "--uid", "0", "--gid", "0", "--unshare-net"];
    const argv = [...namespaces, "--die-with-parent", "--dev-bind", "/", "/", "--json-status-fd", "3", "--"];
    this.#process = spawn(findHostProgram("bwrap"), [...argv, findHostProgram("cat")], {
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      env: {},
      cwd: "/",
    });
    const [input, output, errors, status] = this.#process.stdio;
    this.#input = writable(input);
    this.#input.on("error", () => {
      // The holder ended before it read the line; `ended` tells why.
    });
    this.#input.write(READY);
    readable(errors).on("data", (chunk: Buffer) => {
      if (this.#errorText.length < MAX_ERROR_TEXT_BYTES) this.#errorText += chunk.toString("utf8");
    });
    this.ended = ending(this.#process);
    this.#echo = untilText(readable(output), (text) => (text === READY ? true : undefined)).then(() => undefined);
    this.#status = untilText(readable(status), childPid);
  }

  /** Pid of the process inside, once everything is set up. */
  async ready(): Promise<number> {
    const timeout = AbortSignal.timeout(HOLDER_READY_MS);
    const late = once(timeout, "abort").then(() => "no answer in time");
    const ready = Promise.all([this.#status, this.#echo]).then(([pid]) => ({ pid }));
    const first = await Promise.race([ready, this.ended, late]);
    if (typeof first !== "string") return first.pid;
    throw refusedByHost(this.#errorText.trim() || first);
  }

  async stop(): Promise<void> {
    this.#input.destroy();
    this.#process.kill("SIGKILL");
    await this.ended;
  }
}

function ending(process: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    process.once("error", (error) => resolve(error.message));
    process.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

/** Resolves with the first value that the text so far holds; stays open for ever when the stream ends without one. */
function untilText<T>(stream: Readable, find: (text: string) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      if (text.length > MAX_ERROR_TEXT_BYTES) return;
      text += chunk.toString("utf8");
      const found = find(text);
      if (found !== undefined) resolve(found);
    });
  });
}

function childPid(status: string): number | undefined {
  const match = /"child-pid":\s*(\d+)/.exec(status);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function refusedByHost(said: string): NotEnforceableError {
  return new NotEnforceableError({
    area: "network",
    found: `bubblewrap could not make a network namespace: ${said}`,
    remedy: remedyFor(said),
  });
}

function remedyFor(said: string): string {
  if (/RTM_NEWADDR|uid map|setting up uid/i.test(said)) {
    return (
      "AppArmor keeps user namespaces from bubblewrap. Run: sudo apt-get install apparmor-profiles && " +
      "sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && " +
      "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"
    );
  }
  if (/namespace|Operation not permitted/i.test(said)) {
    return "Run: sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=65536; in a container, allow user namespaces to it";
  }
  return "Run: bwrap --unshare-user --unshare-net --dev-bind / / true, and mend what it reports";
}

function writable(stream: unknown): Writable {
  if (stream instanceof Writable) return stream;
  throw new TypeError("expected a pipe to the holder, found none");
}

function readable(stream: unknown): Readable {
  if (stream instanceof Readable) return stream;
  throw new TypeError("expected a pipe from the holder, found none");
}
