import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeFolderError, EggFolderError } from "./egg-folder-error.ts";
import { NotEnforceableError } from "./not-enforceable.ts";
import { PrivateFiles } from "./private-files.ts";

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "private-files-")));
});
afterEach(() => rmSync(root, { recursive: true }));

test("held texts are numbered from 3 as the child will see them, are whole, and have no name", () => {
  using files = new PrivateFiles(root);
  const large = "x".repeat(1_000_000);
  expect(files.hold("first")).toBe(3);
  expect(files.hold(large)).toBe(4);
  const [folder] = readdirSync(root);
  expect(readdirSync(join(root, folder!)).sort()).toEqual(["closed-file", "closed-folder"]);
  expect(readFileSync(files.descriptors[0]!, "utf8")).toBe("first");
  expect(readFileSync(files.descriptors[1]!, "utf8")).toBe(large);
});

test("the folder and its covers are closed to everybody else", () => {
  using files = new PrivateFiles(root);
  const [folder] = readdirSync(root);
  expect(statSync(join(root, folder!)).mode & 0o777).toBe(0o700);
  expect(statSync(files.covers.file).mode & 0o777).toBe(0);
  expect(statSync(files.covers.folder).mode & 0o777).toBe(0);
});

test("disposing closes the descriptors and leaves nothing, also when done twice", () => {
  const files = new PrivateFiles(root);
  files.hold("text");
  const [descriptor] = files.descriptors;
  files[Symbol.dispose]();
  files[Symbol.dispose]();
  expect(readdirSync(root)).toEqual([]);
  expect(existsSync(`/proc/self/fd/${descriptor}`)).toBe(false);
});

test("a pinned folder stays the same one when its name is given to another", () => {
  mkdirSync(join(root, "work"));
  writeFileSync(join(root, "work/mine"), "");
  using files = new PrivateFiles(root);
  expect(files.pin(join(root, "work"), "folder")).toBe(3);
  renameSync(join(root, "work"), join(root, "moved"));
  mkdirSync(join(root, "work"));
  expect(readdirSync(`/proc/self/fd/${files.descriptors[0]}`)).toEqual(["mine"]);
});

test("a folder that became a link, itself or on the way, is refused", () => {
  mkdirSync(join(root, "secret/inner"), { recursive: true });
  symlinkSync("secret", join(root, "work"));
  using files = new PrivateFiles(root);
  expect(() => files.pin(join(root, "work"), "folder")).toThrow(NotEnforceableError);
  expect(() => files.pin(join(root, "work/inner"), "folder")).toThrow(/changed while the sandbox was being made/);
});

test("a folder that became a file, and one that is gone, are refused", () => {
  writeFileSync(join(root, "work"), "");
  using files = new PrivateFiles(root);
  expect(() => files.pin(join(root, "work"), "folder")).toThrow(/ENOTDIR/);
  expect(() => files.pin(join(root, "gone"), "folder")).toThrow(/ENOENT/);
});

test.each([
  ["ENOSPC", /the disk is full/],
  ["EDQUOT", /quota/],
  ["EACCES", /another account/],
  ["EMFILE", /ulimit/],
])("the kernel's %s becomes advice", (code, advice) => {
  const error = describeFolderError(Object.assign(new Error("x"), { code }), "/eggs/s1");
  expect(error).toBeInstanceOf(EggFolderError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(advice) });
});

test("any other error stays what it is", () => {
  const error = Object.assign(new Error("x"), { code: "EWEIRD" });
  expect(describeFolderError(error, "/eggs/s1")).toBe(error);
});
