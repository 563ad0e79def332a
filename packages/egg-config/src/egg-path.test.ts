import { expect, test } from "vitest";
import { EggValueError } from "./egg-config-error.ts";
import { expandPath, isAtOrBelow, normalizePath } from "./egg-path.ts";

const ANCHORS = { home: "/home/ada", cwd: "/home/ada/src/engine" };

test.each([
  ["~", "/home/ada"],
  ["~/", "/home/ada"],
  ["~/docs/", "/home/ada/docs"],
  ["./", "/home/ada/src/engine"],
  [".", "/home/ada/src/engine"],
  ["./a/./b//c", "/home/ada/src/engine/a/b/c"],
  ["..", "/home/ada/src"],
  ["../shared", "/home/ada/src/shared"],
  ["/", "/"],
  ["/../..", "/"],
  ["/opt/with space", "/opt/with space"],
  ["./.git/hooks", "/home/ada/src/engine/.git/hooks"],
])("%s becomes %s", (text, path) => {
  expect(expandPath(text, ANCHORS)).toBe(path);
});

test.each([
  ["src", /write \.\/src/],
  [".git", /where it begins/],
  ["~bob/x", /another person/],
  ["", /where it begins/],
  ["./*.ts", /wildcards/],
  ["./a\nb", /control characters/],
  ["./a\0b", /control characters/],
])("%j is refused", (text, reason) => {
  expect(() => expandPath(text, ANCHORS)).toThrow(EggValueError);
  expect(() => expandPath(text, ANCHORS)).toThrow(reason);
});

test("a path of 4095 characters is the longest", () => {
  expect(expandPath(`/${"a".repeat(4_094)}`, ANCHORS)).toHaveLength(4_095);
  expect(() => expandPath(`/${"a".repeat(4_095)}`, ANCHORS)).toThrow(/longer than 4095/);
});

test.each([
  ["/a/b", "/a", true],
  ["/a", "/a", true],
  ["/ab", "/a", false],
  ["/a", "/a/b", false],
  ["/anything", "/", true],
  ["/", "/", true],
])("%s at or below %s: %s", (path, folder, expected) => {
  expect(isAtOrBelow(path, folder)).toBe(expected);
});

test("normalising twice changes nothing", () => {
  for (const path of ["//a/../b/./c/", "/", "/..", "/a//b"]) {
    expect(normalizePath(normalizePath(path))).toBe(normalizePath(path));
  }
});
