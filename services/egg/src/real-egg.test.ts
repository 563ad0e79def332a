import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findAgentProfile } from "@wingthing/egg-config/agent-profiles";
import { resolveEggConfig } from "@wingthing/egg-config/resolve-egg-config";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeHost } from "./sandbox/host/probe.ts";
import { EggProcess } from "./testing/egg-process.ts";
import { type EggCalls, makeEggDir, startRequest } from "./testing/test-egg.ts";

const refusal = await probeHost().then(
  () => undefined,
  (error: unknown) => String(error),
);
if (refusal) console.warn(`this host has no sandbox, so the tests of the whole egg are skipped: ${refusal}`);

/** What a wing would ask for, for a shell in a fresh folder. */
function shellRequest(script: string, home: string) {
  const cwd = join(home, "project");
  const agent = findAgentProfile("shell");
  if (!agent) throw new Error("there is a profile for shells");
  const stateDir = join(home, ".wingthing");
  const config = resolveEggConfig({ agent, cwd, home, stateDir, layers: [], installRoots: [] });
  return startRequest(script, { argv: ["/bin/bash", "--norc", "-c", script], cwd, home, config });
}

describe.skipIf(refusal)("the whole egg, which is skipped where there is no sandbox,", () => {
  let home: string;
  let dir: string;
  let egg: EggProcess;
  let line: EggCalls;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "egg-home-"));
    await mkdir(join(home, "project"));
    await mkdir(join(home, ".wingthing"), { mode: 0o700 });
    dir = await makeEggDir();
    egg = new EggProcess({ dir, entry: "main.ts" });
    line = await egg.ready();
  });
  afterAll(async () => {
    egg[Symbol.dispose]();
    await egg.ended;
    await rm(home, { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
  });

  it("runs a shell with its terminal, answers Ctrl-C, and lets it put its things in order before it ends", async () => {
    const script = `
      trap 'echo saved > saved; echo; echo in order; exit 6' HUP
      trap 'echo interrupted' INT
      trap 'stty size' WINCH
      echo "tty $(tty) pid $$ fds $(ls /proc/self/fd | tr '\\n' ' ')"
      while :; do read -r -t 600 line && echo "got $line"; done`;
    const { enforcement } = await line.calls.start(shellRequest(script, home));
    expect(enforcement.map(({ area }) => area).sort()).toEqual(["filesystem", "limits", "network", "syscalls", "tty"]);
    using viewer = line.attach({ size: { columns: 100, rows: 30 } });
    await viewer.sees("fds ");
    const { snapshot } = await line.calls.getSnapshot({});
    // Three standard descriptors and the one that lists them.
    expect(Buffer.from(snapshot?.data ?? []).toString()).toMatch(/tty \/dev\/\S+ pid \d fds 0 1 2 3 /);
    viewer.type("\x03");
    await viewer.sees("interrupted");
    viewer.resize({ columns: 91, rows: 17 });
    await viewer.sees("17 91");
    viewer.type("some words\r");
    await viewer.sees("got some words");
    const { exited } = await line.calls.stop({});
    expect(exited).toMatchObject({ code: 6 });
    await viewer.sees("in order");
    expect(await readFile(join(home, "project", "saved"), "utf8")).toBe("saved\n");
  });
});
