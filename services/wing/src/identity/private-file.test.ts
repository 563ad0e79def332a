import { execFileSync, spawnSync } from "node:child_process";
import { chmod, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import {
  DiskFullError,
  InsecureModeError,
  readPlainFile,
  UnusableFileError,
  writePrivateFile,
} from "./private-file.ts";

test("a written file has mode 0600, the whole text, and leaves no draft beside it", async () => {
  await using home = await makeTempHome();
  const path = join(home.project, "key");
  await writePrivateFile(path, "first");
  await writePrivateFile(path, "second");
  expect(await readPlainFile(path, { maxBytes: 100, private: true })).toBe("second");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(home.project)).toEqual(["key"]);
});

test("a missing file is no error", async () => {
  await using home = await makeTempHome();
  expect(await readPlainFile(join(home.path, "nothing"), { maxBytes: 1 })).toBeUndefined();
});

test.each([0o640, 0o604, 0o660, 0o644])("a private file of mode %o is refused with the chmod to run", async (mode) => {
  await using home = await makeTempHome();
  const path = join(home.path, "key");
  await writeFile(path, "secret");
  await chmod(path, mode);
  const reading = readPlainFile(path, { maxBytes: 100, private: true });
  await expect(reading).rejects.toThrow(InsecureModeError);
  await expect(reading).rejects.toThrow(`run chmod 0600 ${path}`);
});

test("a file is read up to its limit and refused one byte beyond", async () => {
  await using home = await makeTempHome();
  const path = join(home.path, "file");
  for (const [size, accepted] of [
    [9, true],
    [10, true],
    [11, false],
  ] as const) {
    await writeFile(path, "x".repeat(size));
    const reading = readPlainFile(path, { maxBytes: 10 });
    if (accepted) expect(await reading).toHaveLength(size);
    else await expect(reading).rejects.toThrow(UnusableFileError);
  }
});

test("a FIFO is refused at once instead of waiting for a writer", async () => {
  await using home = await makeTempHome();
  const path = join(home.path, "fifo");
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
  await expect(readPlainFile(path, { maxBytes: 10 })).rejects.toThrow("is not a plain file");
});

test("a private file is not followed through a symbolic link", async () => {
  await using home = await makeTempHome();
  await writePrivateFile(join(home.path, "target"), "secret");
  await symlink(join(home.path, "target"), join(home.path, "link"));
  await expect(readPlainFile(join(home.path, "link"), { maxBytes: 100, private: true })).rejects.toThrow(
    "symbolic link",
  );
});

const namespaces = spawnSync("/usr/bin/unshare", ["-rm", "true"]).status === 0;

// Where user namespaces are off, nobody but root can mount a disk that is full.
test.skipIf(!namespaces)("a full disk is said to be one, and the half-written draft is gone", async () => {
  await using home = await makeTempHome();
  const module = new URL("./private-file.ts", import.meta.url).href;
  const write = `import { writePrivateFile } from ${JSON.stringify(module)};
    import { readdirSync } from "node:fs";
    const error = await writePrivateFile("${home.project}/file", "x".repeat(100_000)).catch((cause) => cause);
    console.log(JSON.stringify([error.name, error.message, readdirSync("${home.project}")]));`;
  const script = 'mount -t tmpfs -o size=64k none "$0" && exec "$1" --input-type=module -e "$2"';
  const output = execFileSync("/usr/bin/unshare", ["-rm", "sh", "-c", script, home.project, process.execPath, write]);
  expect(JSON.parse(output.toString())).toEqual([
    "DiskFullError",
    new DiskFullError(join(home.project, "file"), undefined).message,
    [],
  ]);
});
