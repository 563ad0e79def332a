/**
 * A program that does what an egg does, as an account of the test's choice: prepares sandboxes, spawns into them and
 * says what came out. Forked by `SandboxWorld`, which speaks to it over IPC.
 */
import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { findAgentProfile } from "@wingthing/egg-config/agent-profiles";
import { resolveEggConfig } from "@wingthing/egg-config/resolve-egg-config";
import koffi from "koffi";
import { openNativePty } from "../../pty/native-pty.ts";
import { spawnPty } from "../../pty/spawn-pty.ts";
import { PtyTranscript } from "../../testing/pty-transcript.ts";
import { prepareSandbox, type Sandbox } from "../sandbox.ts";
import type { Account, DriverReply, DriverRequest, Finished, Introduction, SessionOptions } from "./driver-messages.ts";
import { openEmptyNetwork } from "./empty-network.ts";
import { makeWorldFolders } from "./world-folders.ts";

/** PR_SET_DUMPABLE: an account that was changed after the start would not be let into its own /proc. */
const PR_SET_DUMPABLE = 4;

/** No probe takes this long; one that hangs is killed and fails by its missing output. */
const PROBE_TIMEOUT_MS = 30_000;

function become(account: Account): void {
  // Everything that the driver needs is loaded by now: the account may not be able to read it.
  const opened = openNativePty({ columns: 80, rows: 24 });
  for (const descriptor of [opened.master, opened.slave]) closeSync(descriptor);
  const prctl = koffi.load(null).func("int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)");
  process.setgroups?.([account.gid]);
  process.setgid?.(account.gid);
  process.setuid?.(account.uid);
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

const { base, account }: Introduction = JSON.parse(process.argv[2] ?? "{}");
if (account !== undefined) become(account);
const folders = makeWorldFolders(base);
const network = await openEmptyNetwork();

const listeners = [join(folders.home, "service.sock"), "\0wingthing-test", "127.0.0.1"].map((address) => {
  const server = createServer((socket) => socket.end("hello from the host\n"));
  return address === "127.0.0.1" ? server.listen(0, address) : server.listen(address);
});
await Promise.all(listeners.map((server) => new Promise((listening) => server.once("listening", listening))));
const tcp = listeners[2]?.address();
const port = typeof tcp === "object" && tcp !== null ? tcp.port : 0;

const environment = (extra: Readonly<Record<string, string>> = {}) => ({
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: folders.home,
  LANG: "C.UTF-8",
  HOST_PID: `${process.pid}`,
  HOST_PORT: `${port}`,
  ELSEWHERE: folders.elsewhere,
  ...extra,
});

async function prepare(argv: readonly string[], options: SessionOptions): Promise<Sandbox> {
  const agent = findAgentProfile(options.agent ?? "shell");
  if (agent === undefined) throw new Error(`no agent ${options.agent}`);
  const cwd = options.cwd ?? folders.project;
  const config = resolveEggConfig({
    agent,
    cwd,
    home: folders.home,
    stateDir: folders.stateDir,
    layers: options.eggYaml === undefined ? [] : [{ source: "egg.yaml", text: options.eggYaml }],
    installRoots: [],
  });
  const { home, eggDir } = folders;
  return prepareSandbox({ argv, cwd, home, env: environment(options.env), config, eggDir, network: network.entry });
}

async function inside(script: string, options: SessionOptions): Promise<Finished> {
  const sandbox = await prepare(["/bin/bash", "-c", script], options);
  try {
    const { argv, env, cwd, descriptors } = sandbox.launch;
    // What a careless parent would leave open: the root of the host, under two numbers.
    const leaky = 'exec 37</ 61</; exec "$@"';
    return await run(["/bin/bash", "-c", leaky, "leaky", ...argv], { env, cwd, descriptors });
  } finally {
    await sandbox.release();
  }
}

function outside(script: string, options: SessionOptions): Promise<Finished> {
  const leaky = `exec 37</ 61</; ${script}`;
  const cwd = options.cwd ?? folders.project;
  return run(["/bin/bash", "-c", leaky], { env: environment(options.env), cwd, descriptors: [] });
}

interface Run {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly descriptors: readonly number[];
}

function run(argv: readonly string[], { env, cwd, descriptors }: Run): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const [file = "", ...args] = argv;
    const stdio = ["ignore" as const, "pipe" as const, "pipe" as const, ...descriptors];
    const child = spawn(file, args, { env: { ...env }, cwd, stdio, timeout: PROBE_TIMEOUT_MS, killSignal: "SIGKILL" });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, output }));
  });
}

async function terminal(request: Extract<DriverRequest, { kind: "terminal" }>): Promise<Finished> {
  const sandbox = await prepare(request.argv, request.options);
  using transcript = new PtyTranscript(spawnPty(sandbox.launch, { columns: 80, rows: 24 }));
  try {
    for (const step of request.steps) {
      if (step.sees !== undefined) await transcript.sees(step.sees);
      if (step.resize !== undefined) transcript.pty.resize(step.resize);
      if (step.types !== undefined) transcript.pty.write(Buffer.from(step.types));
    }
    const exit = await transcript.ended;
    const ended = "code" in exit ? { code: exit.code, signal: null } : { code: null, signal: exit.signal };
    return { ...ended, output: transcript.text };
  } finally {
    await sandbox.release();
  }
}

async function answer(request: DriverRequest): Promise<Finished> {
  switch (request.kind) {
    case "inside":
      return inside(request.script, request.options);
    case "outside":
      return outside(request.script, request.options);
    case "terminal":
      return terminal(request);
    case "enforcement": {
      const sandbox = await prepare(["/bin/true"], request.options);
      await sandbox.release();
      return { code: 0, signal: null, output: JSON.stringify(sandbox.enforcement) };
    }
  }
}

async function reply(request: DriverRequest): Promise<DriverReply> {
  try {
    return { id: request.id, finished: await answer(request) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { id: request.id, refused: { name, message } };
  }
}

process.on("message", (request: DriverRequest) => {
  void reply(request).then((message) => process.send?.(message));
});
process.once("disconnect", () => {
  void network[Symbol.asyncDispose]().then(() => process.exit(0));
});
process.send?.({ ready: folders });
