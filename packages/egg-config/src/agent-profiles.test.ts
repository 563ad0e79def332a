import { expect, test } from "vitest";
import { AGENT_PROFILES, findAgentProfile } from "./agent-profiles.ts";
import { checkVariableName } from "./variable-name.ts";

test("the seven agents are known, each by one name", () => {
  expect(AGENT_PROFILES.map((profile) => profile.name)).toEqual([
    "claude",
    "codex",
    "cursor",
    "gemini",
    "ollama",
    "opencode",
    "shell",
  ]);
  expect(findAgentProfile("codex")?.title).toBe("Codex");
  expect(findAgentProfile("Codex")).toBeUndefined();
});

test.each(AGENT_PROFILES)("$name opens no whole home, no whole .config and no whole cache", (profile) => {
  for (const path of profile.writable) {
    expect(path).toMatch(/^~\/\.[^/]/);
    expect(["~/.config/", "~/.cache/", "~/.local/", "~/.local/share/", "~/.local/state/"]).not.toContain(path);
  }
});

test.each(AGENT_PROFILES)("$name passes only variables that may pass", (profile) => {
  for (const name of profile.env) expect(checkVariableName(name)).toBe(name);
});

test.each(AGENT_PROFILES)("$name says how it is installed", (profile) => {
  expect(profile.installHint).not.toBe("");
});

test.each(AGENT_PROFILES.filter((profile) => profile.name !== "shell"))("$name has a program", (profile) => {
  expect(profile.command.length).toBeGreaterThan(0);
});

test("the shell needs nothing", () => {
  expect(findAgentProfile("shell")).toMatchObject({ command: [], domains: [], hostPorts: [], writable: [], env: [] });
});
