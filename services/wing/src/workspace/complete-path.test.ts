import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTempHome, type TempHome } from "../testing/temp-home.ts";
import { completePath, MAX_COMPLETIONS } from "./complete-path.ts";
import { PathNotAbsoluteError, Roots } from "./roots.ts";

const rootsOf = (home: TempHome, paths = ["~/project"]) =>
  new Roots({ paths, home: home.path, stateDir: home.stateDir });

async function makeFolders(home: TempHome, ...names: string[]) {
  for (const name of names) await mkdir(join(home.path, name), { recursive: true });
}

const names = async (prefix: string, roots: Roots) =>
  (await completePath(prefix, roots)).folders.map(({ name }) => name);

test("folders that begin as typed are offered by name, files are not, and letters count in either case", async () => {
  await using home = await makeTempHome();
  await makeFolders(home, "project/beta", "project/Bravo", "project/alpha/.git");
  await writeFile(join(home.project, "b.txt"), "");
  expect(await names("~/project/b", rootsOf(home))).toEqual(["beta", "Bravo"]);
  expect((await completePath("~/project/a", rootsOf(home))).folders).toEqual([
    { path: join(home.project, "alpha"), name: "alpha", git: true, recent: false },
  ]);
});

test("hidden folders are offered only to somebody who began to type their dot", async () => {
  await using home = await makeTempHome();
  await makeFolders(home, "project/.hidden", "project/seen");
  expect(await names("~/project/", rootsOf(home))).toEqual(["seen"]);
  expect(await names("~/project/.", rootsOf(home))).toEqual([".hidden"]);
  expect(await names("~/project/.hi", rootsOf(home))).toEqual([".hidden"]);
  expect(await names("~/project/..", rootsOf(home))).toEqual([]);
});

test("above the roots only the way to them is shown", async () => {
  await using home = await makeTempHome();
  await makeFolders(home, "private", "work/a/repo", "work/b");
  const roots = rootsOf(home, ["~/project", "~/work/a/repo"]);
  expect(await names("~", roots)).toEqual(["project", "work"]);
  expect(await names("~/", roots)).toEqual(["project", "work"]);
  expect(await names("~/wo", roots)).toEqual(["work"]);
  expect(await names("~/work/", roots)).toEqual(["a"]);
  expect(await names("/", roots)).toEqual([home.path.split("/")[1]]);
});

test("outside the roots nothing is shown, and a folder that is missing looks the same", async () => {
  await using home = await makeTempHome();
  await makeFolders(home, "private/diary", "project/sub");
  const roots = rootsOf(home);
  for (const prefix of ["~/private/", "~/private/d", "/etc/", "~/nothing/", "~/project/../private/"]) {
    expect(await completePath(prefix, roots)).toEqual({ folders: [], truncated: false });
  }
});

test("a symbolic link is offered when it stays inside and not when it leads out", async () => {
  await using home = await makeTempHome();
  await makeFolders(home, "private", "project/sub");
  await symlink(join(home.project, "sub"), join(home.project, "inside"));
  await symlink(join(home.path, "private"), join(home.project, "outside"));
  await symlink("/nowhere", join(home.project, "broken"));
  expect(await names("~/project/", rootsOf(home))).toEqual(["inside", "sub"]);
});

test("wingthing's own folder is never offered", async () => {
  await using home = await makeTempHome();
  await makeFolders(home, ".wt/eggs", ".config");
  expect(await names("~/.", rootsOf(home, ["~"]))).toEqual([".config"]);
  expect(await names("~/.wt/", rootsOf(home, ["~"]))).toEqual([]);
});

test.each([
  [MAX_COMPLETIONS - 1, MAX_COMPLETIONS - 1, false],
  [MAX_COMPLETIONS, MAX_COMPLETIONS, false],
  [MAX_COMPLETIONS + 1, MAX_COMPLETIONS, true],
])("of %i folders %i are listed, and more than fit is said: %s", async (count, listed, truncated) => {
  await using home = await makeTempHome();
  await makeFolders(home, ...Array.from({ length: count }, (_, n) => `project/f${n}`));
  const completion = await completePath("~/project/", rootsOf(home));
  expect([completion.folders.length, completion.truncated]).toEqual([listed, truncated]);
});

test("what does not begin with a slash or a tilde is no path", async () => {
  await using home = await makeTempHome();
  await expect(completePath("project", rootsOf(home))).rejects.toThrow(PathNotAbsoluteError);
});
