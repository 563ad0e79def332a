import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@wingthing/service-runtime/clock";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { expect, test } from "vitest";
import { makeTempHome, type TempHome } from "../testing/temp-home.ts";
import { listProjects, MAX_DEPTH, MAX_PROJECTS } from "./list-projects.ts";
import { Roots } from "./roots.ts";

const rootsOf = (home: TempHome) => new Roots({ paths: ["~/project"], home: home.path, stateDir: home.stateDir });

async function makeRepositories(home: TempHome, ...names: string[]) {
  for (const name of names) await mkdir(join(home.path, name, ".git"), { recursive: true });
}

const found = async (home: TempHome, recent: string[] = []) =>
  (await listProjects({ roots: rootsOf(home), recent, clock: systemClock })).map(({ path, recent: lately }) =>
    lately ? `recent ${path.slice(home.path.length)}` : path.slice(home.path.length),
  );

test("recent folders come first, then repositories, nearest first, each once", async () => {
  await using home = await makeTempHome();
  await makeRepositories(home, "project/org/deep", "project/b", "project/a");
  await mkdir(join(home.project, "plain"));
  expect(await found(home, [join(home.project, "plain"), join(home.project, "b")])).toEqual([
    "recent /project/plain",
    "recent /project/b",
    "/project/a",
    "/project/org/deep",
  ]);
});

test("recent folders that are gone or lie outside by now are left out", async () => {
  await using home = await makeTempHome();
  await mkdir(join(home.path, "elsewhere"));
  await symlink(join(home.path, "elsewhere"), join(home.project, "out"));
  expect(await found(home, ["/nowhere", join(home.path, "elsewhere"), join(home.project, "out")])).toEqual([]);
});

test("repositories are not looked for in hidden folders, in dependencies, in repositories, or behind links", async () => {
  await using home = await makeTempHome();
  await makeRepositories(
    home,
    "project/.cache/x",
    "project/node_modules/x",
    "project/a",
    "project/a/inner",
    "elsewhere",
  );
  await symlink(join(home.path, "elsewhere"), join(home.project, "link"));
  expect(await found(home)).toEqual(["/project/a"]);
});

test("a linked worktree, whose .git is a file, is a repository", async () => {
  await using home = await makeTempHome();
  await mkdir(join(home.project, "tree"));
  await writeFile(join(home.project, "tree/.git"), "gitdir: /elsewhere");
  expect(await found(home)).toEqual(["/project/tree"]);
});

test("repositories are found down to the depth limit and no deeper", async () => {
  await using home = await makeTempHome();
  const down = (levels: number) => `project/${Array.from({ length: levels }, (_, n) => `${levels}-${n}`).join("/")}`;
  await makeRepositories(home, down(MAX_DEPTH - 1), down(MAX_DEPTH), down(MAX_DEPTH + 1));
  expect(await found(home)).toEqual([`/${down(MAX_DEPTH - 1)}`, `/${down(MAX_DEPTH)}`]);
});

test.each([
  [MAX_PROJECTS - 1, MAX_PROJECTS - 1],
  [MAX_PROJECTS, MAX_PROJECTS],
  [MAX_PROJECTS + 1, MAX_PROJECTS],
])("of %i repositories %i are listed", async (count, listed) => {
  await using home = await makeTempHome();
  await makeRepositories(home, ...Array.from({ length: count }, (_, n) => `project/r${n}`));
  // Time stands still, so that a busy machine does not cut the list.
  const projects = await listProjects({ roots: rootsOf(home), recent: [], clock: new ManualClock() });
  expect(projects).toHaveLength(listed);
});
