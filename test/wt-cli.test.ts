import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTempDir, type TempDir } from "@wingthing/testkit/temp-dir";
import { TerminalProcess } from "@wingthing/testkit/terminal-process";
import { REPOSITORY } from "@wingthing/testkit/test-roost";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const WT = join(REPOSITORY, "clients/wt/bin/wt");
const DETACH = "\u001c\u001c";

let dir: TempDir;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  dir = await makeTempDir("wt");
  const home = join(dir.path, "home");
  folder = join(home, "work");
  mkdirSync(folder, { recursive: true });
  env = { PATH: process.env["PATH"] ?? "", HOME: home, SHELL: "/bin/bash", LANG: "C.UTF-8", TERM: "xterm-256color" };
});

afterAll(async () => {
  await wt("roost", "stop");
  await dir[Symbol.asyncDispose]();
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function wt(...args: string[]): Promise<Outcome> {
  try {
    return { code: 0, ...(await run(WT, args, { env, cwd: folder })) };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr };
  }
}

describe("wt", () => {
  test("says its version, and has help with an example everywhere", async () => {
    expect((await wt("--version")).stdout).toBe("0.1.0\n");
    for (const command of [
      ["roost", "start"],
      ["roost", "stop"],
      ["roost", "status"],
      ["egg"],
      ["egg", "list"],
      ["egg", "attach"],
      ["egg", "stop"],
      ["doctor"],
      ["wing", "fingerprint"],
    ]) {
      const { code, stdout } = await wt(...command, "--help");
      expect(code).toBe(0);
      expect(stdout, command.join(" ")).toContain("Example:");
    }
  });

  test("names the command that was meant", async () => {
    const { code, stderr } = await wt("rost");
    expect(code).not.toBe(0);
    expect(stderr).toContain("roost");
  });

  test("runs, detaches from, lists, attaches to and stops a session without a roost", async () => {
    using first = new TerminalProcess([WT, "egg", "shell"], { cwd: folder, env });
    first.type("echo one-$((40+2))\r");
    await first.sees("one-42");
    first.type(DETACH);
    expect(await first.exited).toBe(0);
    expect(first.text).toContain("wt egg attach");

    const listed = JSON.parse((await wt("egg", "list", "--json")).stdout) as {
      id: string;
      state: string;
      cwd: string;
    }[];
    expect(listed).toMatchObject([{ state: "running", cwd: folder }]);
    const id = listed[0]?.id ?? "";

    using second = new TerminalProcess([WT, "egg", "attach", id.slice(0, 6)], { cwd: folder, env });
    await second.sees("one-42");
    second.type("while sleep 0.1; do stty size; done\r");
    second.resize(70, 20);
    await second.sees("20 70");
    second.type("\u0003");
    second.type("exit 7\r");
    expect(await second.exited).toBe(7);

    using third = new TerminalProcess([WT, "egg", "shell"], { cwd: folder, env });
    third.type("echo ready-$((1+1))\r");
    await third.sees("ready-2");
    const running = (JSON.parse((await wt("egg", "list", "--json")).stdout) as { id: string; state: string }[]).find(
      (one) => one.state === "running",
    );
    expect((await wt("egg", "stop", running?.id ?? "")).stdout).toContain("ended");
    expect(await third.exited).not.toBe(0);
  });

  test("says the words of this wing's key", async () => {
    const { stdout } = await wt("wing", "fingerprint", "--json");
    const { words, sha256 } = JSON.parse(stdout) as { words: string; sha256: string };
    expect(words.split("-")).toHaveLength(8);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await wt("wing", "fingerprint")).stdout).toContain(words);
  });

  test("starts, reports and stops a roost in the background", async () => {
    const started = await wt("roost", "start", "--port", "0");
    expect(started.stderr).toBe("");
    const url = /http:\/\/localhost:\d+/.exec(started.stdout)?.[0] ?? "";
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await wt("roost", "status")).stdout).toContain(url);
    expect((await wt("roost", "start", "--port", "0")).stderr).toContain("already runs");
    expect((await wt("roost", "stop")).stdout).toContain("stopped");
    const { code, stdout } = await wt("roost", "status", "--json");
    expect(code).toBe(69);
    expect(JSON.parse(stdout)).toMatchObject({ running: false });
  });

  test("a terminal goes on, and misses nothing, when the roost that it was attached through is stopped", async () => {
    await wt("roost", "start", "--port", "0");
    using terminal = new TerminalProcess([WT, "egg", "shell"], { cwd: folder, env });
    terminal.type("echo first-$((1+1))\r");
    await terminal.sees("first-2");
    await wt("roost", "stop");
    terminal.type("echo second-$((2+2))\r");
    await terminal.sees("second-4");
    terminal.type("exit 3\r");
    expect(await terminal.exited).toBe(3);
  });

  test("says who holds a taken port and what to do", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const { port } = holder.address() as { port: number };
    const { code, stderr } = await wt("roost", "start", "--foreground", "--port", String(port));
    holder.close();
    expect(code).not.toBe(0);
    expect(stderr).toContain(String(port));
    expect(stderr).toContain("--port");
  });

  test("names what is wrong with an unknown agent, a missing session and a bad port", async () => {
    const agent = await wt("egg", "cluade");
    expect(agent.code).not.toBe(0);
    expect(agent.stderr).toContain("claude");
    expect((await wt("egg", "attach", "szzzz")).stderr).toContain("wt egg list");
    expect((await wt("roost", "start", "--port", "70000")).stderr).toContain("65535");
  });

  test("doctor says what this machine has and what mends each gap", async () => {
    const report = JSON.parse((await wt("doctor", "--json")).stdout) as {
      ok: boolean;
      findings: { area: string; level: string }[];
    };
    expect(report.ok).toBe(true);
    expect(report.findings.map((finding) => finding.area)).toEqual(
      expect.arrayContaining(["bwrap", "nsenter", "ip", "shell", "claude"]),
    );
  });
});
