import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VERSION } from "./version.ts";

const run = promisify(execFile);
const WT = fileURLToPath(new URL("../bin/wt", import.meta.url));
const PATH = process.env["PATH"] ?? "";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "wt-start-"));
});

afterEach(async () => {
  await chmod(home, 0o700);
  await rm(home, { recursive: true });
});

async function help(env: Record<string, string>): Promise<string> {
  return (await run(WT, ["--help"], { env: { PATH, ...env } })).stdout;
}

describe("starting wt", () => {
  test("says the version of the package, also through npm's link and without a home", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    const link = join(home, "wt");
    await symlink(WT, link);
    expect(version).toBe(VERSION);
    for (const program of [WT, link]) {
      expect((await run(program, ["--version"], { env: { PATH } })).stdout).toBe(`${VERSION}\n`);
    }
  });

  test("keeps compiled code in a private folder below the wing's own", async () => {
    await mkdir(join(home, ".wingthing"), { mode: 0o700 });
    expect(await help({ HOME: home })).toContain("Usage:");
    const cache = join(home, ".wingthing", "compile-cache");
    expect((await stat(cache)).mode & 0o777).toBe(0o700);
    expect(await readdir(cache)).not.toEqual([]);
  });

  test("makes no folder on a machine without a wing's", async () => {
    expect(await help({ HOME: home })).toContain("Usage:");
    expect(await readdir(home)).toEqual([]);
  });

  test("runs no kept code where others may write", async () => {
    const shared = join(home, "shared");
    await mkdir(shared);
    await chmod(shared, 0o777);
    expect(await help({ WINGTHING_DIR: shared })).toContain("Usage:");
    expect(await readdir(shared)).toEqual([]);
  });

  test("works without a home, and with one that nobody can write", async () => {
    await mkdir(join(home, ".wingthing"), { mode: 0o500 });
    await chmod(home, 0o500);
    expect(await help({ HOME: home })).toContain("Usage:");
    expect(await help({})).toContain("Usage:");
  });
});
