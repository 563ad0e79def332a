import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { ResolvedEggConfigSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RealHostFiles } from "./host/host-files.ts";
import { WorkingFolderError } from "./host/working-folder.ts";
import { SandboxPolicy } from "./policy/policy.ts";
import { prepareSandbox, type Sandbox, type SandboxRequest } from "./sandbox.ts";
import { NO_SANDBOX } from "./testing/accounts.ts";
import { type EmptyNetwork, openEmptyNetwork } from "./testing/empty-network.ts";
import { fsRule } from "./testing/made-up-policy.ts";

/** A process that was killed is gone within milliseconds; the test fails rather than waits when it is not. */
const GONE_TIMEOUT_MS = 10_000;

let network: EmptyNetwork;
let base: string;
let home: string;
let cwd: string;

describe.skipIf(NO_SANDBOX !== undefined)("a sandbox", () => {
  beforeAll(async () => {
    network = await openEmptyNetwork();
  });
  afterAll(() => network[Symbol.asyncDispose]());
  beforeEach(() => {
    base = mkdtempSync(join(process.geteuid?.() === 0 ? "/opt" : homedir(), "wingthing-sandbox-"));
    home = join(base, "home");
    cwd = join(home, "src");
    for (const folder of [cwd, eggDir("a"), eggDir("b")]) mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(base, { recursive: true }));

  const eggDir = (name: string) => join(base, "eggs", `${name}-${base.slice(-6)}`);

  const request = (
    script: string,
    other: Partial<SandboxRequest> & { rules?: readonly string[] } = {},
  ): SandboxRequest => ({
    argv: ["/bin/bash", "-c", script],
    cwd,
    home,
    env: {},
    eggDir: eggDir("a"),
    network: network.entry,
    config: create(ResolvedEggConfigSchema, {
      fs: ["ro:/", `ro:${home}`, `rw:${cwd}`, ...(other.rules ?? [])].map(fsRule),
    }),
    ...other,
  });

  const start = ({ launch }: Sandbox) => {
    const [file, ...args] = launch.argv;
    const stdio = ["ignore" as const, "pipe" as const, "inherit" as const, ...launch.descriptors];
    return spawn(file!, args, { env: { ...launch.env }, cwd: launch.cwd, stdio });
  };

  const run = async (sandbox: Sandbox) => {
    const child = start(sandbox);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    const [code] = await once(child, "close");
    return { code, output };
  };

  test("is prepared without anything being started, and released without leaving anything", async () => {
    const descriptors = readdirSync("/proc/self/fd").length;
    const sandbox = await prepareSandbox(request("true", { rules: [`deny-write:${cwd}/egg.yaml`] }));
    expect(existsSync(join(cwd, "egg.yaml"))).toBe(true);
    await sandbox.release();
    await sandbox.release();
    expect(readdirSync(cwd)).toEqual([]);
    expect(readdirSync(eggDir("a"))).toEqual([]);
    expect(readdirSync("/proc/self/fd")).toHaveLength(descriptors);
  });

  test("that is refused half-way leaves nothing either", async () => {
    const refused = request("true", { env: { BAD: "a\0b" }, rules: [`deny-write:${cwd}/egg.yaml`] });
    await expect(prepareSandbox(refused)).rejects.toThrow(/zero byte/);
    await expect(prepareSandbox(request("true", { cwd: home }))).rejects.toThrow(WorkingFolderError);
    expect(readdirSync(cwd)).toEqual([]);
    expect(readdirSync(eggDir("a"))).toEqual([]);
  });

  test("shows nothing of the agent's variables and rules in its arguments", async () => {
    const sandbox = await prepareSandbox(request("true", { env: { TOKEN: "s3cret" }, rules: [`deny:${home}/x`] }));
    expect(JSON.stringify([sandbox.launch.argv, sandbox.launch.env])).not.toContain("s3cret");
    expect(sandbox.launch.env).toEqual({});
    await sandbox.release();
  });

  test("dies with the process that started it", async () => {
    const sandbox = await prepareSandbox(request(`exec -a marker-${base.slice(-6)} sleep 1000 & echo started; wait`));
    const child = start(sandbox);
    await once(child.stdout!, "data");
    expect(processesNamed(`marker-${base.slice(-6)}`)).toHaveLength(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    await waitUntil(() => processesNamed(`marker-${base.slice(-6)}`).length === 0);
    await sandbox.release();
  });

  test("leaves a placeholder to the other one in the same folder, whose protection goes on", async () => {
    const rules = [`deny-write:${cwd}/egg.yaml`];
    const first = await prepareSandbox(request("true", { rules }));
    const second = await prepareSandbox(
      request(
        "echo started; until [ -e go ]; do sleep 0.02; done; rmdir egg.yaml 2>/dev/null; mv -T go egg.yaml 2>/dev/null && echo escaped",
        {
          rules,
          eggDir: eggDir("b"),
        },
      ),
    );
    const child = start(second);
    await once(child.stdout!, "data");
    await first.release();
    expect(existsSync(join(cwd, "egg.yaml"))).toBe(true);
    writeFileSync(join(cwd, "go"), "");
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    expect(readdirSync(join(cwd, "egg.yaml"))).toEqual([]);
    await second.release();
    expect(existsSync(join(cwd, "egg.yaml"))).toBe(false);
  });

  test("opens the socket that the person passes in by name, and no other in its folder", async () => {
    const folder = mkdtempSync("/tmp/ssh-test-");
    const listen = (name: string) => createServer((socket) => socket.destroy()).listen(join(folder, name));
    const servers = [listen("agent"), listen("other")];
    await Promise.all(servers.map((server) => once(server, "listening")));
    const connect = (path: string) =>
      `perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); exit(connect(S, sockaddr_un(${path})) ? 0 : 1)'`;
    const script = `${connect('$ENV{"SSH_AUTH_SOCK"}')} && echo agent; ${connect(`"${folder}/other"`)} && echo other`;
    const env = { SSH_AUTH_SOCK: join(folder, "agent"), PATH: "/usr/bin:/bin" };
    const fs = ["ro:/", `ro:${home}`, `rw:${cwd}`].map(fsRule);
    try {
      const named = await prepareSandbox(
        request(script, { env, config: create(ResolvedEggConfigSchema, { fs, env: ["SSH_AUTH_SOCK"] }) }),
      );
      expect((await run(named)).output).toBe("agent\n");
      await named.release();
      const unnamed = await prepareSandbox(request(`echo "[$SSH_AUTH_SOCK]"`, { env }));
      expect((await run(unnamed)).output).toBe("[]\n");
      await unnamed.release();
    } finally {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true });
    }
  });

  test("shows of every path what the policy decides, whatever the rules", { timeout: 60_000 }, async () => {
    const paths = makeTree(join(cwd, "tree")).concat(makeTree(join(home, "docs")));
    const rule = fc.tuple(fc.constantFrom("rw", "ro", "deny", "deny-write"), fc.constantFrom(...paths));
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 8 }), async (chosen) => {
        const rules = chosen.map(([mode, path]) => `${mode}:${path}`);
        const asked = request(tryAll(paths), { rules });
        const sandbox = await prepareSandbox(asked);
        const { output } = await run(sandbox);
        await sandbox.release();
        const empty = { sockets: [], rootSecrets: [], openSockets: [] };
        const policy = SandboxPolicy.build({ ...asked, ...empty, files: new RealHostFiles() });
        const decided = paths.map((path) => {
          const can = (operation: "read" | "write") => (policy.decide(path, operation).allowed ? operation : "-");
          return `${path} ${can("read")} ${can("write")}`;
        });
        expect(output.trim().split("\n")).toEqual(decided);
      }),
      { numRuns: 25 },
    );
  });
});

/** Folders and files, the deepest three levels down, and in each folder one file that no rule names. */
function makeTree(root: string): string[] {
  const files = ["a/file", "a/b/file", "a/b/c/file", "d/file"].map((name) => join(root, name));
  for (const file of files) {
    mkdirSync(join(file, ".."), { recursive: true });
    for (const path of [file, join(file, "../unnamed")]) writeFileSync(path, "text\n");
  }
  return files.flatMap((file) => [join(file, ".."), file]);
}

/** Says of each path whether it can be read and whether it can be written, changing nothing for good. */
function tryAll(paths: readonly string[]): string {
  const program = [
    'check() { r=-; w=-; if [ -n "$2" ]; then [ -s "$1/unnamed" ] && r=read;',
    'touch "$1/new" 2>/dev/null && rm "$1/new" && w=write;',
    'else cat "$1" >/dev/null 2>&1 && r=read; ( exec 5>>"$1" ) 2>/dev/null && w=write; fi; echo "$1 $r $w"; }',
  ].join(" ");
  const checks = paths.map((path) => (path.endsWith("file") ? `check '${path}'` : `check '${path}' folder`));
  return [program, ...checks].join("\n");
}

function processesNamed(name: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] === name;
    } catch {
      return false;
    }
  });
}

async function waitUntil(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + GONE_TIMEOUT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("it did not happen in time");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
