import { chmod, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import { InsecureModeError } from "./private-file.ts";
import { MAX_SOCKET_PATH_BYTES, StateDir, StateDirTooLongError } from "./state-dir.ts";

test("the folder and the eggs' folder are made with mode 0700", async () => {
  await using home = await makeTempHome();
  const dir = await StateDir.open(home.stateDir);
  expect((await stat(dir.path)).mode & 0o777).toBe(0o700);
  expect((await stat(dir.eggs)).mode & 0o777).toBe(0o700);
});

test("a folder that others may enter is refused with the chmod to run", async () => {
  await using home = await makeTempHome();
  await mkdir(home.stateDir, { mode: 0o700 });
  await chmod(home.stateDir, 0o755);
  await expect(StateDir.open(home.stateDir)).rejects.toThrow(InsecureModeError);
  await expect(StateDir.open(home.stateDir)).rejects.toThrow(`run chmod 0700 ${home.stateDir}`);
});

test("a path is taken as long as an egg's socket below it fits into the kernel's limit", async () => {
  await using home = await makeTempHome();
  const longest = MAX_SOCKET_PATH_BYTES - "/eggs/s0123456789abcdef/egg.sock".length;
  for (const [length, accepted] of [
    [longest - 1, true],
    [longest, true],
    [longest + 1, false],
  ] as const) {
    const path = join(home.path, "x".repeat(length - home.path.length - 1));
    const opening = StateDir.open(path);
    if (accepted) expect((await opening).path).toBe(path);
    else await expect(opening).rejects.toThrow(StateDirTooLongError);
  }
});
