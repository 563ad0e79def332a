import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findHostProgram } from "./host-program.ts";

test("a program is found in the first folder that has it and may run it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wt-programs-"));
  await writeFile(join(folder, "ip"), "");
  expect(() => findHostProgram("ip", [folder])).toThrow('the program "ip" is in none of');
  await chmod(join(folder, "ip"), 0o755);
  expect(findHostProgram("ip", ["/nowhere", folder])).toBe(join(folder, "ip"));
  await rm(folder, { recursive: true });
});

test("a missing program is named with the command that installs it", () => {
  expect(() => findHostProgram("ip", ["/nowhere"])).toThrow("Run: sudo apt-get install iproute2");
});
