import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import { findProjectEggYaml, MAX_EGG_YAML_BYTES } from "./project-egg-yaml.ts";

test("the nearest egg.yaml up to the top of the working tree is the project's", async () => {
  await using home = await makeTempHome();
  const deep = join(home.project, "a/b");
  await mkdir(deep, { recursive: true });
  await mkdir(join(home.project, ".git"));
  await writeFile(join(home.path, "egg.yaml"), "above");
  expect(await findProjectEggYaml(deep)).toBeUndefined();
  await writeFile(join(home.project, "egg.yaml"), "top");
  expect(await findProjectEggYaml(deep)).toEqual({ path: join(home.project, "egg.yaml"), text: "top" });
  await writeFile(join(deep, "egg.yaml"), "deep");
  expect((await findProjectEggYaml(deep))?.text).toBe("deep");
});

test("without a repository only the folder itself is looked at", async () => {
  await using home = await makeTempHome();
  await mkdir(join(home.project, "a"));
  await writeFile(join(home.project, "egg.yaml"), "top");
  expect(await findProjectEggYaml(join(home.project, "a"))).toBeUndefined();
  expect((await findProjectEggYaml(home.project))?.text).toBe("top");
});

test("the largest egg.yaml is read and one byte more is refused, not ignored", async () => {
  await using home = await makeTempHome();
  for (const size of [MAX_EGG_YAML_BYTES - 1, MAX_EGG_YAML_BYTES]) {
    await writeFile(join(home.project, "egg.yaml"), "#".repeat(size));
    expect((await findProjectEggYaml(home.project))?.text).toHaveLength(size);
  }
  await writeFile(join(home.project, "egg.yaml"), "#".repeat(MAX_EGG_YAML_BYTES + 1));
  await expect(findProjectEggYaml(home.project)).rejects.toThrow(`wanted at most ${MAX_EGG_YAML_BYTES}`);
});

test("a folder in its place, as a running egg puts one there, is no egg.yaml", async () => {
  await using home = await makeTempHome();
  await mkdir(join(home.project, "a/egg.yaml"), { recursive: true });
  await mkdir(join(home.project, ".git"));
  await writeFile(join(home.project, "egg.yaml"), "top");
  expect((await findProjectEggYaml(join(home.project, "a")))?.text).toBe("top");
});

test("what is neither file nor folder in its place is refused, not ignored", async () => {
  await using home = await makeTempHome();
  execFileSync("sh", ["-c", 'mkfifo "$0"', join(home.project, "egg.yaml")]);
  await expect(findProjectEggYaml(home.project)).rejects.toThrow("is not a plain file");
});
