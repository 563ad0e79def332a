import { FsMode, type FsRule, WhenMissing } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { expect, test } from "vitest";
import { AccessTable, accessRuleOf, type FsOperation } from "./access-table.ts";
import { findAgentProfile } from "./agent-profiles.ts";
import { EggConfigError } from "./egg-config-error.ts";
import { type EggConfigInput, resolveEggConfig } from "./resolve-egg-config.ts";

const HOME = "/home/ada";
const CWD = "/home/ada/src/engine";

const input = (agent: string, ...texts: string[]): EggConfigInput => ({
  agent: findAgentProfile(agent)!,
  cwd: CWD,
  home: HOME,
  stateDir: "/home/ada/.wingthing",
  layers: texts.map((text, index) => ({ source: index === 0 ? "~/.wingthing/egg.yaml" : "egg.yaml", text })),
  installRoots: ["/home/ada/.local/share/claude"],
});

const resolve = (agent: string, ...texts: string[]) => resolveEggConfig(input(agent, ...texts));

const may = (operation: FsOperation, path: string, config = resolve("shell")) =>
  new AccessTable(config.fs.map(accessRuleOf)).decide(path, operation).allowed;

const ruleOn = (path: string, rules: readonly FsRule[]) => rules.findLast((rule) => rule.path === path);

test.each<[FsOperation, string, boolean]>([
  ["read", "/usr/bin/git", true],
  ["write", "/usr/bin/git", false],
  ["write", "/tmp/../etc/passwd", false],
  ["read", `${HOME}/notes.txt`, true],
  ["write", `${HOME}/notes.txt`, false],
  ["write", `${HOME}/.bashrc`, false],
  ["read", `${CWD}/main.c`, true],
  ["write", `${CWD}/main.c`, true],
  ["write", `${CWD}/egg.yaml`, false],
  ["read", `${CWD}/egg.yaml`, true],
  ["read", `${CWD}/.env`, false],
  ["read", `${CWD}/.env.example`, true],
  ["write", `${CWD}/.vscode/tasks.json`, false],
  ["read", `${HOME}/.ssh/id_ed25519`, false],
  ["read", `${HOME}/.ssh/known_hosts`, true],
  ["write", `${HOME}/.ssh/known_hosts`, false],
  ["read", `${HOME}/.aws/credentials`, false],
  ["read", `${HOME}/.config/gh/hosts.yml`, false],
  ["read", `${HOME}/.config/gcloud/access_tokens.db`, false],
  ["read", `${HOME}/.azure/accessTokens.json`, false],
  ["read", `${HOME}/.npmrc`, false],
  ["read", `${HOME}/.pypirc`, false],
  ["read", `${HOME}/.cargo/credentials.toml`, false],
  ["read", `${HOME}/.cargo/bin/cargo`, true],
  ["read", `${HOME}/.git-credentials`, false],
  ["read", `${HOME}/.gitconfig`, true],
  ["read", `${HOME}/.password-store/bank.gpg`, false],
  ["read", `${HOME}/.local/share/keyrings/login.keyring`, false],
  ["read", `${HOME}/.mozilla/firefox/x/logins.json`, false],
  ["read", `${HOME}/.vault-token`, false],
  ["read", `${HOME}/.terraform.d/credentials.tfrc.json`, false],
  ["read", `${HOME}/.config/op/config`, false],
  ["read", `${HOME}/.bash_history`, false],
  ["read", `${HOME}/.python_history`, false],
  ["read", `${HOME}/.psql_history`, false],
  ["read", `${HOME}/.local/share/fish/fish_history`, false],
  ["read", `${HOME}/.claude/.credentials.json`, false],
  ["read", `${HOME}/.codex/auth.json`, false],
  ["read", `${HOME}/.wingthing`, false],
  ["read", `${HOME}/.wingthing/wing_key`, false],
  ["write", `${HOME}/.wingthing/wing.yaml`, false],
])("by default a shell may %s %s: %s", (operation, path, allowed) => {
  expect(may(operation, path)).toBe(allowed);
});

test("by default nothing of the network is open to a shell", () => {
  const config = resolve("shell");
  expect(config.network).toEqual([]);
  expect(config.hostPorts).toEqual([]);
  expect(config.dangerouslySkipPermissions).toBe(false);
});

test("an agent's profile opens its domains, variables and its own state, and keeps its settings closed", () => {
  const config = resolve("claude");
  expect(config.network.map((rule) => rule.host)).toContain("*.anthropic.com");
  expect(config.env).toContain("ANTHROPIC_API_KEY");
  expect(may("write", `${HOME}/.claude/projects/x.jsonl`, config)).toBe(true);
  expect(may("write", `${HOME}/.claude.json`, config)).toBe(true);
  expect(may("read", `${HOME}/.claude/.credentials.json`, config)).toBe(true);
  expect(may("write", `${HOME}/.claude/settings.json`, config)).toBe(false);
  expect(may("write", `${HOME}/.config/autostart/x.desktop`, config)).toBe(false);
  expect(may("read", `${HOME}/.codex/auth.json`, config)).toBe(false);
  expect(ruleOn(`${HOME}/.claude`, config.fs)?.whenMissing).toBe(WhenMissing.CREATE_FOLDER);
  expect(ruleOn(`${HOME}/.claude.json`, config.fs)?.whenMissing).toBe(WhenMissing.CREATE_FILE);
});

test("ollama reaches its server on the host's loopback and nothing else", () => {
  expect(resolve("ollama")).toMatchObject({ hostPorts: [11434], network: [] });
});

test("layers add up: built-in, then global, then project", () => {
  const config = resolve(
    "shell",
    "fs: [ro:~/docs, deny:~/private]\nnetwork: github.com\nenv: EDITOR\nmemory: 2G\nmax_pids: 100",
    "fs: ['rw:~/docs']\nnetwork: ['*.example.com']\nenv: [PAGER]\nresources: {memory: 4G}",
  );
  expect(may("write", `${HOME}/docs/a`, config)).toBe(true);
  expect(may("read", `${HOME}/private`, config)).toBe(false);
  expect(config.network.map((rule) => [rule.host, rule.source])).toEqual([
    ["github.com", "~/.wingthing/egg.yaml:2"],
    ["*.example.com", "egg.yaml:2"],
  ]);
  expect(config.env).toEqual(expect.arrayContaining(["PATH", "EDITOR", "PAGER"]));
  expect(config.limits).toMatchObject({ memoryBytes: 4n * 2n ** 30n, maxPids: 100 });
});

test("a rule says in which line of which file it is written", () => {
  const config = resolve("shell", "", "fs:\n  - rw:./out\n  - deny:~/x\n");
  expect(ruleOn(`${CWD}/out`, config.fs)).toMatchObject({ source: "egg.yaml:2", mode: FsMode.READ_WRITE });
  expect(ruleOn(`${HOME}/x`, config.fs)).toMatchObject({ source: "egg.yaml:3", mode: FsMode.DENY });
});

test("ceilings may stand at the top level or under resources", () => {
  const limits = { cpuSeconds: 300n, memoryBytes: 2n ** 30n, maxFds: 4096, maxPids: 512 };
  expect(resolve("shell", "cpu: 5m\nmemory: 1G\nmax_fds: 4096\nmax_pids: 512").limits).toMatchObject(limits);
  expect(resolve("shell", "resources: {cpu: 5m, memory: 1G, max_fds: 4096, max_pids: 512}").limits).toMatchObject(
    limits,
  );
});

test("base: none leaves the agent's own needs and the rules that nobody can take back", () => {
  const config = resolve("claude", "fs: [rw:~/x]\nnetwork: github.com", "base: none\nfs: [rw:./out]");
  expect(may("read", `${HOME}/.aws/credentials`, config)).toBe(true);
  expect(may("write", `${HOME}/x`, config)).toBe(false);
  expect(may("write", `${CWD}/main.c`, config)).toBe(false);
  expect(may("write", `${CWD}/out/a`, config)).toBe(true);
  expect(may("write", `${HOME}/.claude/x`, config)).toBe(true);
  expect(may("read", `${HOME}/.wingthing/wing_key`, config)).toBe(false);
  expect(may("write", `${CWD}/egg.yaml`, config)).toBe(false);
  expect(config.network.map((rule) => rule.host)).not.toContain("github.com");
  expect(config.network.map((rule) => rule.host)).toContain("*.anthropic.com");
});

test("network: none takes back what layers opened, and keeps what the agent needs", () => {
  const config = resolve("codex", "network: [github.com]", "network: none");
  expect(config.network.map((rule) => rule.host)).toEqual(findAgentProfile("codex")!.domains);
});

test("a port of localhost becomes a port of the host", () => {
  expect(resolve("shell", 'network: ["localhost:5432"]')).toMatchObject({ hostPorts: [5432], network: [] });
});

test("the next session's egg.yaml stays closed whatever a layer says", () => {
  expect(may("write", `${CWD}/egg.yaml`, resolve("shell", "fs: [rw:./egg.yaml]"))).toBe(false);
});

test.each<[string, string, RegExp]>([
  ["base: default", "1:7", /bases other than none are not supported/],
  ["base: {fs: none}", "1:7", /bases other than none are not supported/],
  ["audit: true", "1:8", /recording is not supported/],
  ["agent_settings: {claude: ./a.json}", "1:17", /settings for agents are not supported/],
  ["fs: [rx:./a]", "1:6", /unknown mode "rx".*did you mean "rw"/],
  ["fs: [./a]", "1:6", /names no mode.*rw:\.\/a/],
  ["fs:\n- rw:a", "2:3", /write \.\/a/],
  ["fs: ['rw:/']", "1:6", /too wide/],
  ["fs: [rw:~]", "1:6", /too wide/],
  ["fs: ['rw:/home']", "1:6", /too wide/],
  ["fs: ['deny:/']", "1:6", /not supported by this version/],
  ["fs: [ro:~/.wingthing]", "1:6", /wingthing's own folder/],
  ["fs: [rw:~/src/../.wingthing/eggs]", "1:6", /wingthing's own folder/],
  ["network: '*.com'", "1:10", /too wide/],
  ["network:\n  - github.com\n  - '*.net'", "3:5", /too wide/],
  ["env: '*'", "1:6", /every secret/],
  ["env: [WT_SESSION]", "1:7", /never passes/],
  ["env: [CLAUDE_CODE_SSE_PORT]", "1:7", /never passes/],
  ["env: [LD_PRELOAD]", "1:7", /never passes/],
  ["env: [A-B]", "1:7", /no name of a variable/],
  ["memory: 4", "1:9", /a size/],
  ["memory: 63M", "1:9", /too little/],
  ["memory: 4X", "1:9", /no size/],
  ["cpu: 4s", "1:6", /too little/],
  ["cpu: 5m\nresources:\n  cpu: 6m", "3:8", /set twice/],
])("%j is refused at %s", (text, position, reason) => {
  const attempt = () => resolve("shell", text);
  expect(attempt).toThrow(EggConfigError);
  expect(attempt).toThrow(reason);
  expect(attempt).toThrow(`~/.wingthing/egg.yaml:${position}: `);
});

test("what is not asked for is not refused", () => {
  expect(() => resolve("claude", "audit: false\nagent_settings: {}\nbase: none")).not.toThrow();
});

test("64M and 5s are the least that can be asked for", () => {
  expect(resolve("shell", "memory: 64M\ncpu: 5s").limits).toMatchObject({ memoryBytes: 2n ** 26n, cpuSeconds: 5n });
});

test("16 ports of the host are the most", () => {
  const ports = (count: number) => `network: [${Array.from({ length: count }, (_, i) => `"localhost:${3000 + i}"`)}]`;
  expect(resolve("shell", ports(16)).hostPorts).toHaveLength(16);
  expect(() => resolve("shell", ports(17))).toThrow(/more than 16 ports/);
});

test("two full files still fit into the contract of the egg", () => {
  const full = `fs: [${"deny:./a,".repeat(256)}]\nnetwork: [${"example.com,".repeat(256)}]\nenv: [${Array.from({ length: 100 }, (_, i) => `V${i}`)}]`;
  const config = resolve("opencode", full, full.replaceAll("V", "W"));
  expect(config.fs.length).toBeLessThanOrEqual(1_024);
  expect(config.network.length).toBeLessThanOrEqual(1_024);
  expect(config.env.length).toBeLessThanOrEqual(256);
});
