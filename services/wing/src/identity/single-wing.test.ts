import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import { claimStateDir, WingAlreadyRunningError } from "./single-wing.ts";

test("a second wing of the same process is kept off until the first lets go", async () => {
  await using home = await makeTempHome();
  const lock = join(home.path, "wing.lock");
  {
    using _first = claimStateDir(home.path, lock);
    expect(() => claimStateDir(home.path, lock)).toThrow(WingAlreadyRunningError);
  }
  using _second = claimStateDir(home.path, lock);
});

test("a wing of another process is kept off, and told what to do", async () => {
  await using home = await makeTempHome();
  const lock = join(home.path, "wing.lock");
  using _held = claimStateDir(home.path, lock);
  const module = new URL("./single-wing.ts", import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then((m) => m.claimStateDir(${JSON.stringify(home.path)}, ${JSON.stringify(lock)}))`;
  await expect(promisify(execFile)(process.execPath, ["-e", script])).rejects.toThrow("stop it with wt stop");
});
