import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { silentLog } from "@wingthing/service-runtime/log";
import { serve } from "@wingthing/service-runtime/serve";
import { afterEach, beforeEach, expect, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wt-auth-main-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function run(env: Record<string, string>) {
  const started = spawn(process.execPath, [main], {
    env: { WT_ROOST_DIR: join(folder, "roost"), WT_AUTH_PORT: "0", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child = started;
  const lines = createInterface({ input: started.stderr });
  const exited = once(started, "exit").then(([code]) => code);
  return { started, lines, exited };
}

async function textAndExit(env: Record<string, string>): Promise<{ text: string; code: unknown }> {
  const { lines, exited } = run(env);
  let text = "";
  for await (const line of lines) text += `${line}\n`;
  return { text, code: await exited };
}

test("the process listens, answers, and closes on SIGTERM", async () => {
  const { started, lines, exited } = run({});
  for await (const line of lines) {
    const { event, url } = JSON.parse(line);
    if (event !== "listening") continue;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
    break;
  }
  started.kill("SIGTERM");
  expect(await exited).toBe(0);
});

test("a taken port ends it with a word and not a stack", async () => {
  await using taken = await serve({ port: 0, handlers: [], log: silentLog });
  const { text, code } = await textAndExit({ WT_AUTH_PORT: String(taken.port) });
  expect(code).toBe(1);
  expect(text).toMatch(/Port \d+ of 127\.0\.0\.1 is taken by .+ Stop that, or choose another port/);
  expect(text).not.toContain("    at ");
});

test.each([
  { what: "a wider bind without a token", env: { WT_AUTH_HOST: "0.0.0.0" }, wanted: /WT_ROOST_TOKEN/ },
  {
    what: "a short token",
    env: { WT_AUTH_HOST: "0.0.0.0", WT_ROOST_TOKEN: "hunter2" },
    wanted: /7 characters; wanted at least 24/,
  },
  { what: "a port that is none", env: { WT_AUTH_PORT: "http" }, wanted: /WT_AUTH_PORT: found "http", wanted a port/ },
  { what: "a key that is none", env: { WT_JWT_KEY: "hunter2" }, wanted: /WT_JWT_KEY is not a private ES256 key/ },
])("$what ends it with what to do", async ({ env, wanted }) => {
  const { text, code } = await textAndExit(env);
  expect(code).toBe(1);
  expect(text).toMatch(wanted);
  expect(text).not.toContain("hunter2");
});
