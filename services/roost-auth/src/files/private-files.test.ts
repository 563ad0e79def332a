import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createPrivateFile,
  ensurePrivateFolder,
  readPrivateFile,
  replacePrivateFile,
  UnsafeFolderError,
} from "./private-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wt-private-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

test("a folder is made for its owner only, or becomes so", async () => {
  await ensurePrivateFolder(join(folder, "a", "b"));
  expect(modeOf(join(folder, "a", "b"))).toBe(0o700);
  chmodSync(join(folder, "a"), 0o755);
  await ensurePrivateFolder(join(folder, "a"));
  expect(modeOf(join(folder, "a"))).toBe(0o700);
});

test.skipIf(process.getuid?.() !== 0)("a folder of another user is refused (needs root to make one)", async () => {
  const other = join(folder, "other");
  mkdirSync(other);
  chownSync(other, 54_321, 54_321);
  await expect(ensurePrivateFolder(other)).rejects.toThrow(UnsafeFolderError);
});

test("a file is replaced whole, for its owner only, and leaves nothing beside it", async () => {
  const path = join(folder, "secret");
  writeFileSync(path, "old", { mode: 0o644 });
  await replacePrivateFile(path, "new");
  expect({ text: readFileSync(path, "utf8"), mode: modeOf(path), names: readdirSync(folder) }).toEqual({
    text: "new",
    mode: 0o600,
    names: ["secret"],
  });
});

test("a file is created once, and never over another", async () => {
  const path = join(folder, "secret");
  const results = await Promise.all(["a", "b", "c"].map((text) => createPrivateFile(path, text)));
  expect(results.filter((created) => created)).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(["secret"]);
  expect(modeOf(path)).toBe(0o600);
});

test("a file that others could read is taken from them before it is read; none reads as undefined", async () => {
  const path = join(folder, "secret");
  writeFileSync(path, "text", { mode: 0o644 });
  expect(await readPrivateFile(path)).toBe("text");
  expect(modeOf(path)).toBe(0o600);
  expect(await readPrivateFile(join(folder, "none"))).toBeUndefined();
});
