import { expect, test } from "vitest";
import { findAgentProfile } from "./agent-profiles.ts";
import { findLoosenings } from "./loosening.ts";
import { resolveEggConfig } from "./resolve-egg-config.ts";

const withLayers = (...texts: string[]) =>
  resolveEggConfig({
    agent: findAgentProfile("claude")!,
    cwd: "/home/ada/src",
    home: "/home/ada",
    stateDir: "/home/ada/.wingthing",
    layers: texts.map((text) => ({ source: "egg.yaml", text })),
    installRoots: [],
  });

const loosenings = (text: string, before = "") =>
  findLoosenings(withLayers(before), withLayers(before, text)).map((found) => `${found.area}: ${found.allows}`);

test.each<[string, string[]]>([
  ["fs: [rw:~/notes]", ["fs: write /home/ada/notes"]],
  ["fs: [ro:~/.aws]", ["fs: read /home/ada/.aws"]],
  ["fs: [rw:./.vscode]", ["fs: write /home/ada/src/.vscode"]],
  ["network: github.com", ["network: reach github.com on 443 and 80"]],
  ["network: 'api.anthropic.com:8443'", ["network: reach api.anthropic.com on 8443"]],
  ["network: 'localhost:5432'", ["network: reach port 5432 of this machine"]],
  ["env: GITHUB_TOKEN", ["env: see the variable GITHUB_TOKEN"]],
  ["dangerously_skip_permissions: true", ["permissions: act without asking"]],
  ["agent_settings: {claude: ./evil.json}", ["permissions: use the agent settings /home/ada/src/evil.json"]],
  ["max_pids: 5000", ["limits: use 5000 processes"]],
  ["cpu: 3d", ["limits: use 259200 seconds of CPU"]],
])("%j loosens the sandbox", (text, expected) => {
  expect(loosenings(text)).toEqual(expected);
});

test.each([
  "",
  "fs: [deny:~/notes]",
  "fs: [ro:~/docs]",
  "fs: [rw:./build]",
  "fs: [deny-write:./ci]",
  "network: none",
  "network: api.anthropic.com",
  "network: '*.api.anthropic.com'",
  "env: PATH",
  "memory: 4G",
  "max_pids: 4096",
  "dangerously_skip_permissions: false",
])("%j loosens nothing", (text) => {
  expect(loosenings(text)).toEqual([]);
});

test("base: none gives back everything that was denied", () => {
  expect(loosenings("base: none")).toContain("fs: read /home/ada/.ssh");
});

test("a wildcard is wider than the name that was allowed", () => {
  expect(loosenings("network: '*.github.com'", "network: api.github.com")).toEqual([
    "network: reach *.github.com on 443 and 80",
  ]);
});

test("a raised ceiling names where it was before", () => {
  expect(loosenings("memory: 8G", "memory: 4G")).toEqual(["limits: use 8589934592 bytes of memory"]);
  expect(loosenings("memory: 2G", "memory: 4G")).toEqual([]);
});

test("a loosening says which line asks for it", () => {
  expect(findLoosenings(withLayers(), withLayers("env: []\nfs: [rw:~/notes]"))[0]?.source).toBe("egg.yaml:2");
});
