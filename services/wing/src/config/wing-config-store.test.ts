import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import { WingConfigError } from "./wing-config.ts";
import { WingConfigStore } from "./wing-config-store.ts";

test("a bad file at a reload keeps the last good config and says so, until it is good again", async () => {
  await using home = await makeTempHome();
  const path = join(home.path, "wing.yaml");
  await writeFile(path, "label: one");
  const store = await WingConfigStore.open(path);

  await writeFile(path, "lable: two");
  expect(await store.reload()).toEqual({ kind: "stale", problem: expect.stringContaining(`${path}:1:1: `) });
  expect(store.current.label).toBe("one");

  await writeFile(path, "label: three");
  expect(await store.reload()).toEqual({ kind: "good" });
  expect(store.current.label).toBe("three");

  await rm(path);
  await store.reload();
  expect(store.current.label).toBeUndefined();
});

test("a wing does not start on a bad file", async () => {
  await using home = await makeTempHome();
  const path = join(home.path, "wing.yaml");
  await writeFile(path, "locked: true");
  await expect(WingConfigStore.open(path)).rejects.toThrow(WingConfigError);
});
