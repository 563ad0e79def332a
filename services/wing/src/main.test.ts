import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { connectLocally } from "./testing/local-client.ts";
import { makeTempHome, type TempHome } from "./testing/temp-home.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

function run(home: TempHome, env: Record<string, string> = {}): ChildProcess {
  const { PATH = "" } = process.env;
  return spawn(process.execPath, [MAIN], { env: { PATH, HOME: home.path, WINGTHING_DIR: home.stateDir, ...env } });
}

/** Reads the log on standard error until an event comes; returns its fields. */
async function event(child: ChildProcess, wanted: string): Promise<Record<string, unknown>> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const fields = JSON.parse(line) as Record<string, unknown>;
    if (fields["event"] === wanted) return fields;
  }
  throw new Error(`the log ended before ${wanted}`);
}

async function failure(child: ChildProcess): Promise<string> {
  let text = "";
  child.stderr!.on("data", (chunk) => (text += chunk));
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  return text.trim();
}

test("SIGHUP reads wing.yaml again, and SIGTERM ends the wing cleanly", async () => {
  await using home = await makeTempHome();
  const child = run(home);
  await event(child, "wing runs");
  {
    using client = connectLocally(join(home.stateDir, "wing.sock"));
    await writeFile(join(home.stateDir, "wing.yaml"), "label: renamed\n");
    child.kill("SIGHUP");
    await event(child, "wing.yaml read again");
    expect((await client.info.getInfo({})).label).toBe("renamed");
  }
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await readdir(home.stateDir)).not.toContain("wing.sock");
});

test("a second wing says that one runs, and what to do", async () => {
  await using home = await makeTempHome();
  const first = run(home);
  await event(first, "wing runs");
  expect(await failure(run(home))).toBe(
    `a wing already runs on ${home.stateDir}: stop it with wt stop, or set WINGTHING_DIR to another folder`,
  );
  first.kill("SIGTERM");
  await once(first, "exit");
});

test("a roost without a credential, a bad variable and an open folder are each named with the remedy", async () => {
  await using home = await makeTempHome();
  const url = "http://127.0.0.1:1";
  expect(await failure(run(home, { WT_ROOST_URL: url }))).toContain(`run wt login --roost ${url}`);
  expect(await failure(run(home, { WT_ROOST_URL: "ftp://roost" }))).toContain("WT_ROOST_URL: found");
  await mkdir(join(home.path, "open"), { mode: 0o755 });
  const open = join(home.path, "open");
  expect(await failure(run(home, { WINGTHING_DIR: open }))).toContain(`run chmod 0700 ${open}`);
});
