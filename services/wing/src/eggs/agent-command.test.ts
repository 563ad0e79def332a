import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findAgentProfile } from "@wingthing/egg-config/agent-profiles";
import { expect, test } from "vitest";
import { makeTempHome, type TempHome } from "../testing/temp-home.ts";
import { AgentNotInstalledError, findAgentCommand, isInstalled, UnknownAgentError } from "./agent-command.ts";

async function install(path: string, text = "#!/bin/sh\n") {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
}

const search = (home: TempHome, env: Record<string, string> = {}) => ({
  home: home.path,
  hostEnv: { PATH: "/usr/bin:/bin", ...env },
});

test("a shell is the person's own, and one that they can run", async () => {
  await using home = await makeTempHome();
  const shell = join(home.path, "fish");
  await install(shell);
  expect((await findAgentCommand("shell", search(home, { SHELL: shell }))).argv).toEqual([shell]);
  expect((await findAgentCommand("shell", search(home, { SHELL: "/nowhere/zsh" }))).argv).toEqual(["/bin/bash"]);
  expect((await findAgentCommand("shell", search(home, { SHELL: "bash" }))).argv).toEqual(["/bin/bash"]);
});

test.each([
  ["cluade", "did you mean claude?"],
  ["Codex", "did you mean codex?"],
  ["geminy", "did you mean gemini?"],
  ["emacs", "known agents are claude"],
  ["../bin/sh", "known agents are claude"],
])("an unknown agent %s is refused: %s", async (name, hint) => {
  await using home = await makeTempHome();
  await expect(findAgentCommand(name, search(home))).rejects.toThrow(UnknownAgentError);
  await expect(findAgentCommand(name, search(home))).rejects.toThrow(hint);
});

test("an agent that is not installed is refused with the command that installs it", async () => {
  await using home = await makeTempHome();
  const finding = findAgentCommand("opencode", search(home));
  await expect(finding).rejects.toThrow(AgentNotInstalledError);
  await expect(finding).rejects.toThrow(findAgentProfile("opencode")!.installHint);
  expect(await isInstalled(findAgentProfile("opencode")!, search(home))).toBe(false);
});

test("an agent is found where installers put it though PATH does not name the folder, which is then added", async () => {
  await using home = await makeTempHome();
  const program = join(home.path, ".local/bin/claude");
  await install(program);
  const command = await findAgentCommand("claude", search(home));
  expect(command.argv).toEqual([program]);
  expect(command.path).toBe(`${dirname(program)}:/usr/bin:/bin`);
});

test("what PATH names first wins; relative entries, folders and files that cannot be run do not count", async () => {
  await using home = await makeTempHome();
  await mkdir(join(home.path, "a/claude"), { recursive: true });
  await install(join(home.path, "b/claude"));
  await chmod(join(home.path, "b/claude"), 0o644);
  await install(join(home.path, "c/claude"));
  const PATH = ["relative", "", ...["a", "b", "c"].map((name) => join(home.path, name))].join(":");
  expect((await findAgentCommand("claude", search(home, { PATH }))).argv).toEqual([join(home.path, "c/claude")]);
});

test("the whole installation of a script belongs to it: its link, its package's prefix and its interpreter", async () => {
  await using home = await makeTempHome();
  const prefix = join(home.path, ".nvm/v26");
  const script = join(prefix, "lib/node_modules/@anthropic-ai/claude-code/cli.js");
  await install(script, "#!/usr/bin/env node\n");
  await install(join(home.path, "tools/node"));
  await mkdir(join(home.path, ".local/bin"), { recursive: true });
  await symlink(script, join(home.path, ".local/bin/claude"));
  const PATH = `${join(home.path, "tools")}:/usr/bin`;
  const { installRoots } = await findAgentCommand("claude", search(home, { PATH }));
  expect(installRoots).toEqual([join(home.path, ".local/bin"), prefix, join(home.path, "tools")]);
});

test("a program that lies openly in the home folder does not make home part of its installation", async () => {
  await using home = await makeTempHome();
  await install(join(home.path, "claude"), "\x7fELF");
  const { installRoots } = await findAgentCommand("claude", search(home, { PATH: home.path }));
  expect(installRoots).toEqual([join(home.path, "claude")]);
});

test("programs of the system have no installation of their own", async () => {
  await using home = await makeTempHome();
  expect((await findAgentCommand("shell", search(home, { SHELL: "/bin/bash" }))).installRoots).toEqual([]);
});
