import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NotEnforceableError } from "../not-enforceable.ts";
import { findSandboxPrograms, installCommand } from "./host-programs.ts";

const NAMES = ["bash", "bwrap", "env", "nsenter", "prlimit"];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "programs-"));
  for (const name of NAMES) writeFileSync(join(folder, name), "", { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

test("every program is found by its absolute path", () => {
  expect(findSandboxPrograms(["/nowhere", folder], "")).toEqual(
    Object.fromEntries(NAMES.map((name) => [name, join(folder, name)])),
  );
});

test.each([
  ["bwrap", "filesystem", "sudo apt-get install bubblewrap"],
  ["prlimit", "limits", "sudo apt-get install util-linux"],
  ["nsenter", "network", "sudo apt-get install util-linux"],
  ["env", "tty", "sudo apt-get install coreutils"],
  ["bash", "filesystem", "sudo apt-get install bash"],
])("a missing %s names the area %s and the command %s", (name, area, command) => {
  rmSync(join(folder, name));
  const attempt = () => findSandboxPrograms([folder], "ID=debian\n");
  expect(attempt).toThrow(NotEnforceableError);
  expect(attempt).toThrow(expect.objectContaining({ area, remedy: `Run: ${command}` }));
});

test("a file that may not be run is no program", () => {
  chmodSync(join(folder, "bwrap"), 0o644);
  expect(() => findSandboxPrograms([folder], "")).toThrow(/"bwrap" is in none of/);
});

test.each([
  ["ID=debian", "sudo apt-get install"],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"', "sudo apt-get install"],
  ['ID="fedora"', "sudo dnf install"],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"', "sudo dnf install"],
  ["ID=arch", "sudo pacman -S"],
  ["ID=alpine", "sudo apk add"],
  ['ID="opensuse-leap"\nID_LIKE="suse opensuse"', "sudo zypper install"],
  ["ID=plan9", "your package manager for"],
  ["", "your package manager for"],
])("%j installs with %s", (osRelease, command) => {
  expect(installCommand(osRelease)).toBe(command);
});
