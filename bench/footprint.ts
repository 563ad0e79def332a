/** What wingthing costs while nothing happens: resident memory of each process, and the start of `wt`. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectWing } from "@wingthing/testkit/remote-client";
import { makeTempDir } from "@wingthing/testkit/temp-dir";
import { REPOSITORY, TestRoost } from "@wingthing/testkit/test-roost";
import { Viewer } from "@wingthing/testkit/viewer";
import { percentile } from "./measure/percentiles.ts";
import { publish } from "./measure/report.ts";

const RESULTS = fileURLToPath(new URL("./results", import.meta.url));
/** After this a process has done what it does at its start, in milliseconds. */
const SETTLE_MS = 4_000;
/** Starts of each command; the median is reported. */
const STARTS = 15;
const KB_PER_MB = 1024;

function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kb) / KB_PER_MB;
}

/** Memory of a program that is started, left alone and ended. */
async function idleProgram(args: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  await delay(SETTLE_MS);
  const memory = residentMb(child.pid ?? -1);
  child.kill("SIGTERM");
  return memory;
}

function medianStartMs(file: string, args: readonly string[]): number {
  const times = Array.from({ length: STARTS }, () => {
    const from = performance.now();
    execFileSync(file, args);
    return performance.now() - from;
  });
  return percentile(times, 0.5);
}

async function roostAndEgg(): Promise<{ roost: number; egg: number }> {
  await using roost = await TestRoost.start({ proxied: false });
  const cwd = join(roost.home, "idle");
  mkdirSync(cwd);
  await using client = await connectWing(roost.url, roost.wingId);
  using viewer = await Viewer.start(client.sessions, { agent: "shell", cwd, size: { columns: 80, rows: 24 } });
  viewer.type("echo idle-$((40+2))\n");
  await viewer.sees("idle-42");
  await delay(SETTLE_MS);
  const pidFile = join(roost.stateDir, "eggs", viewer.sessionId, "egg.pid");
  const { pid } = JSON.parse(readFileSync(pidFile, "utf8")) as { pid: number };
  return { roost: residentMb(roost.pid), egg: residentMb(pid) };
}

await using dir = await makeTempDir("footprint");
const home = { HOME: dir.path, WINGTHING_DIR: join(dir.path, "state") };
const bare = await idleProgram(["-e", "setInterval(() => {}, 1e9)"], home);
const bareServer = await idleProgram([fileURLToPath(new URL("./peers/bare-pty-server.ts", import.meta.url))], home);
const wing = await idleProgram([join(REPOSITORY, "services/wing/src/main.ts")], home);
const relay = await idleProgram([join(REPOSITORY, "services/roost-relay/src/main.ts")], {
  ...home,
  WT_JWKS_URL: "http://127.0.0.1:9/jwks.json",
  WT_RELAY_PORT: "0",
});
const { roost, egg } = await roostAndEgg();
const memory = (value: number) => ({ node: bare, "bare server": bareServer, wingthing: value });
publish(
  {
    name: "footprint",
    baseline: "node",
    peers: ["node", "bare server", "wingthing"],
    measurements: [
      { metric: "idle wing MB", values: memory(wing) },
      { metric: "idle relay MB", values: memory(relay) },
      { metric: "idle roost with wing MB", values: memory(roost) },
      { metric: "idle egg MB", values: memory(egg) },
      {
        metric: "wt --version ms",
        values: {
          node: medianStartMs(process.execPath, ["-e", "0"]),
          wingthing: medianStartMs(join(REPOSITORY, "clients/wt/bin/wt"), ["--version"]),
        },
      },
    ],
  },
  RESULTS,
);
