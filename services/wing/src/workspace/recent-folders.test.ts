import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import { MAX_RECENT_FOLDERS, RecentFolders } from "./recent-folders.ts";

test("the latest folder stands first, each stands once, and a restart remembers them", async () => {
  await using home = await makeTempHome();
  const file = join(home.path, "recent.json");
  const recent = await RecentFolders.open(file);
  for (const folder of ["/a", "/b", "/a"]) await recent.remember(folder);
  expect(recent.list()).toEqual(["/a", "/b"]);
  expect((await RecentFolders.open(file)).list()).toEqual(["/a", "/b"]);
});

test.each([MAX_RECENT_FOLDERS - 1, MAX_RECENT_FOLDERS, MAX_RECENT_FOLDERS + 1])(
  "of %i folders the latest stay",
  async (count) => {
    await using home = await makeTempHome();
    const file = join(home.path, "recent.json");
    const recent = await RecentFolders.open(file);
    await Promise.all(Array.from({ length: count }, (_, n) => recent.remember(`/f${n}`)));
    const kept = (await RecentFolders.open(file)).list();
    expect(kept).toHaveLength(Math.min(count, MAX_RECENT_FOLDERS));
    expect(kept[0]).toBe(`/f${count - 1}`);
  },
);

test.each(["", "{", '{"folders":[1]}', "null"])("a damaged file %j counts as empty and is replaced", async (text) => {
  await using home = await makeTempHome();
  const file = join(home.path, "recent.json");
  await writeFile(file, text);
  const recent = await RecentFolders.open(file);
  expect(recent.list()).toEqual([]);
  await recent.remember("/a");
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ folders: ["/a"] });
});
