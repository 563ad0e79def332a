import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Placeholders } from "./placeholders.ts";
import type { PathToMake } from "./policy/missing-paths.ts";

let root: string;
let project: string;
const egg = (name: string) => join(root, "eggs", name);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "placeholders-"));
  project = join(root, "project");
  for (const folder of [project, egg("a"), egg("b")]) mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const folder = (name: string): PathToMake => ({ path: join(project, name), kind: "folder", text: "", temporary: true });
const file = (name: string, text: string): PathToMake => ({ ...folder(name), kind: "file", text });

test("what was made is removed again, the deepest first", () => {
  const placeholders = Placeholders.make([folder("x"), folder("x/y"), file("commondir", ".\n")], egg("a"));
  expect(lstatSync(join(project, "x/y")).isDirectory()).toBe(true);
  expect(readFileSync(join(project, "commondir"), "utf8")).toBe(".\n");
  placeholders.remove();
  expect(existsSync(join(project, "x"))).toBe(false);
  expect(existsSync(join(project, "commondir"))).toBe(false);
  placeholders.remove();
});

test("what an agent keeps its state in stays", () => {
  const made = [
    { ...folder(".claude"), temporary: false },
    { ...file(".claude.json", "{}\n"), temporary: false },
  ];
  Placeholders.make(made, egg("a")).remove();
  expect(lstatSync(join(project, ".claude")).mode & 0o777).toBe(0o700);
  expect(lstatSync(join(project, ".claude.json")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(project, ".claude.json"), "utf8")).toBe("{}\n");
});

test("a placeholder that somebody filled in the meantime is theirs and stays", () => {
  const placeholders = Placeholders.make([folder("egg.yaml"), file("commondir", ".\n")], egg("a"));
  writeFileSync(join(project, "egg.yaml/inside"), "");
  rmSync(join(project, "commondir"));
  writeFileSync(join(project, "commondir"), "../elsewhere\n");
  placeholders.remove();
  expect(existsSync(join(project, "egg.yaml/inside"))).toBe(true);
  expect(readFileSync(join(project, "commondir"), "utf8")).toBe("../elsewhere\n");
});

test("what was there before is neither changed nor removed", () => {
  writeFileSync(join(project, "egg.yaml"), "fs: []\n");
  mkdirSync(join(project, "own"), { mode: 0o755 });
  Placeholders.make([folder("egg.yaml"), folder("own")], egg("a")).remove();
  expect(readFileSync(join(project, "egg.yaml"), "utf8")).toBe("fs: []\n");
  expect(existsSync(join(project, "own"))).toBe(true);
});

test("a placeholder that two eggs rely on is removed by the last of them, in either order", () => {
  for (const order of ["first", "second"]) {
    const first = Placeholders.make([folder("egg.yaml")], egg("a"));
    const second = Placeholders.make([folder("egg.yaml")], egg("b"));
    const [leaver, stayer] = order === "first" ? [first, second] : [second, first];
    leaver.remove();
    expect(existsSync(join(project, "egg.yaml"))).toBe(true);
    stayer.remove();
    expect(existsSync(join(project, "egg.yaml"))).toBe(false);
  }
});

test("an egg that died does not keep a placeholder alive", () => {
  const ledger = { pid: process.pid, startTime: "1", paths: [join(project, "egg.yaml")] };
  writeFileSync(join(egg("b"), "placeholders.json"), JSON.stringify(ledger));
  Placeholders.make([folder("egg.yaml")], egg("a")).remove();
  expect(existsSync(join(project, "egg.yaml"))).toBe(false);
});

test.each(["", "{", "null", "[]", '{"pid":"1","startTime":"1","paths":[]}'])(
  "the ledger %j of another egg is ignored",
  (text) => {
    writeFileSync(join(egg("b"), "placeholders.json"), text);
    Placeholders.make([folder("egg.yaml")], egg("a")).remove();
    expect(existsSync(join(project, "egg.yaml"))).toBe(false);
  },
);

test("the modes do not depend on the umask", () => {
  const before = process.umask(0o077);
  try {
    const placeholders = Placeholders.make([folder("egg.yaml"), file("commondir", ".\n")], egg("a"));
    expect(lstatSync(join(project, "egg.yaml")).mode & 0o7777).toBe(0o1755);
    placeholders.remove();
    expect(existsSync(join(project, "commondir"))).toBe(false);
  } finally {
    process.umask(before);
  }
});
