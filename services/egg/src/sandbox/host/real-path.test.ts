import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MadeUpFiles } from "../testing/made-up-files.ts";
import { RealHostFiles } from "./host-files.ts";
import { parentOf, resolveRealPath } from "./real-path.ts";

const FILES = new MadeUpFiles({
  "/home/ada/src/main.c": { text: "" },
  "/home/ada/link": { link: "src" },
  "/home/ada/far": { link: "/data/project/" },
  "/data/project/up": { link: "../other" },
  "/data/other/file": { text: "" },
  "/home/ada/dangling": { link: "nowhere/deep" },
  "/home/ada/loop": { link: "loop" },
  "/home/ada/ping": { link: "pong" },
  "/home/ada/pong": { link: "ping" },
  "/home/ada/service": "socket",
  "/var/run": { link: "/run" },
  "/run/service": "socket",
  "/deep/0": { link: "1" },
  ...Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`/deep/${i}`, { link: `${i + 1}` }])),
  "/deep/41": { text: "" },
});

test.each([
  ["/", "/", "folder", []],
  ["/home/ada/src/main.c", "/home/ada/src/main.c", "file", []],
  ["/home//ada/./src", "/home/ada/src", "folder", []],
  ["/home/ada/link/main.c", "/home/ada/src/main.c", "file", ["/home/ada/link"]],
  ["/home/ada/link/../src", "/home/ada/src", "folder", ["/home/ada/link"]],
  ["/home/ada/far/up/file", "/data/other/file", "file", ["/home/ada/far", "/data/project/up"]],
  ["/var/run/service", "/run/service", "socket", ["/var/run"]],
  ["/home/ada/new", "/home/ada/new", "missing", []],
  ["/home/ada/new/deeper", "/home/ada/new/deeper", "missing", []],
  ["/home/ada/link/new", "/home/ada/src/new", "missing", ["/home/ada/link"]],
  ["/home/ada/dangling", "/home/ada/nowhere/deep", "missing", ["/home/ada/dangling"]],
  ["/home/ada/new/../src", "/home/ada/src", "missing", []],
])("%s leads to %s, a %s", (path, real, kind, links) => {
  expect(resolveRealPath(path, FILES)).toEqual({ path: real, kind, links });
});

test.each(["/home/ada/loop", "/home/ada/ping", "/home/ada/loop/below"])("the loop %s ends as missing", (path) => {
  expect(resolveRealPath(path, FILES).kind).toBe("missing");
});

test("40 links are followed and 41 are not, as in the kernel", () => {
  expect(resolveRealPath("/deep/1", FILES)).toMatchObject({ kind: "file", path: "/deep/41" });
  expect(resolveRealPath("/deep/0", FILES)).toMatchObject({ kind: "missing" });
});

test("the same place is found as by the kernel", () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "real-path-")));
  try {
    mkdirSync(join(base, "a/b"), { recursive: true });
    writeFileSync(join(base, "a/b/file"), "");
    symlinkSync("a", join(base, "short"));
    symlinkSync(join(base, "short/b"), join(base, "long"));
    symlinkSync("../../long/../b/file", join(base, "a/b/winding"));
    for (const name of ["short/b/file", "long/file", "a/b/winding", "long/../b/winding"]) {
      const path = `${base}/${name}`;
      expect(resolveRealPath(path, new RealHostFiles()).path).toBe(realpathSync.native(path));
    }
  } finally {
    rmSync(base, { recursive: true });
  }
});

test.each([
  ["/a/b", "/a"],
  ["/a", "/"],
  ["/", "/"],
])("%s lies in %s", (path, parent) => {
  expect(parentOf(path)).toBe(parent);
});
