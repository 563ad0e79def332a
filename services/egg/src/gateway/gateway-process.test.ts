import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { GatewayProgramAnswer, GatewayProgramRequest } from "./testing/gateway-program.ts";
import { type OutsideServers, startOutsideServers } from "./testing/outside-servers.ts";

const PROGRAM = fileURLToPath(new URL("./testing/gateway-program.ts", import.meta.url));

/** A user without an account, a group or a home: the least that a person can have. */
const ORDINARY = ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"];
const isRoot = process.getuid?.() === 0;
const isReadable = spawnSync(ORDINARY[0]!, [...ORDINARY.slice(1), process.execPath, "--check", PROGRAM]).status === 0;

let outside: OutsideServers;
let folder: string;
let resolvConf: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wt-gateway-process-"));
  // Programs that are killed leave their files here, and some of them belong to another user.
  await chmod(folder, 0o1777);
  resolvConf = join(folder, "resolv.conf");
  await writeFile(resolvConf, "nameserver 127.0.0.1\n");
  outside = await startOutsideServers(["a.example"], (_incoming, answer) => answer.end("hello\n"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await outside[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function startGateway(prefix: readonly string[], request: Partial<GatewayProgramRequest>) {
  const rules = [
    { host: "a.example", ports: [] },
    { host: "echo.example", ports: [7] },
  ];
  const upstreams = { "a.example:80": outside.http, "echo.example:7": outside.echo };
  const whole: GatewayProgramRequest = { rules, upstreams, hostPorts: [], scripts: [], ...request };
  const [program, ...args] = [...prefix, process.execPath, PROGRAM];
  const child = spawn(program!, args, {
    env: { WT_TEST_GATEWAY: JSON.stringify(whole), TMPDIR: folder },
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = await once(createInterface(child.stdout!), "line");
  return { child, answer: JSON.parse(line) as GatewayProgramAnswer };
}

const everything: readonly (readonly [script: string, wanted: RegExp])[] = [
  ["id -u; curl -sS http://a.example/", /^\d+\nhello\n$/],
  ["curl -sS https://b.example/ 2>&1", /Could not resolve host/],
  ["curl -sS http://93.184.215.14/", /wingthing: no network rule allows 93\.184\.215\.14/],
  ["exec 3<>/dev/tcp/echo.example/7; head -n1 <&3", /^banner\n$/],
  ["(exec 3<>/dev/tcp/a.example/22) 2>&1", /Connection refused/],
];

describe("the gateway works the same", () => {
  test.skipIf(!isRoot || !isReadable)(
    "for an ordinary user (skipped when not root or when others cannot read this folder)",
    async () => {
      const { child, answer } = await startGateway(ORDINARY, { scripts: everything.map(([script]) => script) });
      expect(answer.uid).toBe(54_321);
      for (const [index, [, wanted]] of everything.entries()) expect(answer.results[index]?.stdout).toMatch(wanted);
      expect(answer.refusals).toEqual(["b.example:0", "93.184.215.14:80"]);
      const closed = once(child, "close");
      child.stdin?.end();
      expect(await closed).toEqual([0, null]);
    },
  );

  test("for whoever runs this test", async () => {
    const { child, answer } = await startGateway([], { scripts: everything.map(([script]) => script) });
    for (const [index, [, wanted]] of everything.entries()) expect(answer.results[index]?.stdout).toMatch(wanted);
    const closed = once(child, "close");
    child.stdin?.end();
    expect(await closed).toEqual([0, null]);
  });
});

describe("when the egg is killed", () => {
  test("open connections end, names are no longer answered, and nothing new gets out", async () => {
    const { child, answer } = await startGateway([], {});
    const script = `
      exec 3<>/dev/tcp/echo.example/7; head -n1 <&3
      cat <&3; echo "connection ended"
      exec 4<>/dev/tcp/198.18.0.1/7 || echo "fake address refused"
      exec 4<>/dev/tcp/93.184.215.14/80 || echo "real address refused"
      curl -sS --max-time 5 http://a.example/ || echo "no name"`;
    const [enter, ...prefix] = answer.enter;
    const survivor = spawn(enter!, [...prefix, ...withNames(), "/bin/bash", "-c", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(survivor);
    const lines: string[] = [];
    const reader = createInterface(survivor.stdout!).on("line", (line) => lines.push(line));
    await once(reader, "line");
    child.kill("SIGKILL");
    await once(survivor, "close");
    expect(lines).toEqual(["banner", "connection ended", "fake address refused", "real address refused", "no name"]);
  });

  test("its holder goes with it", async () => {
    const { child, answer } = await startGateway([], {});
    const holder = childrenOf(child.pid!).find((pid) => commandOf(pid).includes("--unshare-net"));
    expect(holder).toBeDefined();
    expect(answer.enter).toContain("--preserve-credentials");
    child.kill("SIGKILL");
    await once(child, "close");
    // Whoever adopts it may be slow to reap it.
    await expect.poll(() => commandOf(holder!)).not.toContain("--unshare-net");
  });
});

/** A view of the host where names are looked up as inside an egg. */
function withNames(): string[] {
  return [
    "/usr/bin/bwrap",
    "--unshare-user",
    "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--ro-bind",
    resolvConf,
    "/etc/resolv.conf",
    "--",
  ];
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return stdout.split("\n").filter(Boolean).map(Number);
}

function commandOf(pid: number): string {
  return spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
}
