import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTempHome, type TempHome } from "../testing/temp-home.ts";
import { FolderMissingError, FolderOutsideRootsError, PathNotAbsoluteError, Roots } from "./roots.ts";

async function makeRoots(home: TempHome, paths = ["~/project"]) {
  await mkdir(join(home.path, "outside/secret"), { recursive: true });
  await mkdir(join(home.project, "sub"));
  await mkdir(home.stateDir);
  return new Roots({ paths, home: home.path, stateDir: home.stateDir });
}

test("a folder inside is admitted by its real path, however it is written", async () => {
  await using home = await makeTempHome();
  const roots = await makeRoots(home);
  await symlink(join(home.project, "sub"), join(home.project, "link"));
  for (const path of ["~/project/sub", "~/project/./x/../sub", `${home.project}//sub/`, "~/project/link"]) {
    expect(await roots.admit(path)).toBe(join(home.project, "sub"));
  }
  expect(await roots.admit("~/project")).toBe(home.project);
});

test("a root that is itself a symbolic link leads inside", async () => {
  await using home = await makeTempHome();
  await symlink(home.project, join(home.path, "src"));
  const roots = await makeRoots(home, ["~/src"]);
  expect(await roots.admit("~/src/sub")).toBe(join(home.project, "sub"));
  expect(await roots.admit("~/project/sub")).toBe(join(home.project, "sub"));
});

test("a folder outside is refused, and no symbolic link leads out", async () => {
  await using home = await makeTempHome();
  const roots = await makeRoots(home);
  await symlink(join(home.path, "outside"), join(home.project, "out"));
  const outside = [
    "~",
    "/",
    "/etc",
    "~/outside",
    "~/project/../outside",
    "~/project/out",
    "~/project/out/secret",
    "~/projects",
  ];
  for (const path of outside) await expect(roots.admit(path)).rejects.toThrow(FolderOutsideRootsError);
});

test("whether something outside exists cannot be told from the answer", async () => {
  await using home = await makeTempHome();
  const roots = await makeRoots(home);
  await expect(roots.admit("~/outside/nothing")).rejects.toThrow(FolderOutsideRootsError);
});

test("a missing folder, a file and a loop of links are all missing", async () => {
  await using home = await makeTempHome();
  const roots = await makeRoots(home);
  await writeFile(join(home.project, "file"), "");
  await symlink("loop", join(home.project, "loop"));
  for (const name of ["nothing", "file", "file/x", "loop", "x".repeat(300)]) {
    await expect(roots.admit(`~/project/${name}`)).rejects.toThrow(FolderMissingError);
  }
});

test.each(["project", "./project", "../x", "~ada/src", "", "-"])("%j is no absolute path", async (path) => {
  await using home = await makeTempHome();
  await expect((await makeRoots(home)).admit(path)).rejects.toThrow(PathNotAbsoluteError);
});

test("wingthing's own folder is outside even when the whole home is a root", async () => {
  await using home = await makeTempHome();
  const roots = await makeRoots(home, ["~"]);
  await expect(roots.admit(home.stateDir)).rejects.toThrow(FolderOutsideRootsError);
  expect(await roots.admit("~/outside")).toBe(join(home.path, "outside"));
});
