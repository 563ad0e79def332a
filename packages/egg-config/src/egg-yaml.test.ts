import { expect, test } from "vitest";
import { EggConfigError } from "./egg-config-error.ts";
import { parseEggYaml } from "./egg-yaml.ts";
import { MAX_YAML_CHARACTERS } from "./yaml-document.ts";

const refusal = (text: string): EggConfigError => {
  try {
    parseEggYaml("egg.yaml", text);
  } catch (error) {
    if (error instanceof EggConfigError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

test.each(["", "\n\n", "# only a comment\n", "---\n", "{}", "null"])("%j says nothing", (text) => {
  expect(parseEggYaml("egg.yaml", text).value).toEqual({});
});

test("every key of the documentation is read", () => {
  const text = `
base: none
fs: [rw:./, ro:~/docs, deny:~/.secrets, deny-write:./.git/hooks]
network: [github.com, "*.githubusercontent.com", "example.com:8443"]
env: [SSH_AUTH_SOCK]
dangerously_skip_permissions: false
agent_settings: {claude: /opt/claude-settings.json}
cpu: 5m
memory: 4G
max_fds: 4096
max_pids: 512
audit: false
`;
  expect(parseEggYaml("egg.yaml", text).value).toEqual({
    base: "none",
    fs: ["rw:./", "ro:~/docs", "deny:~/.secrets", "deny-write:./.git/hooks"],
    network: ["github.com", "*.githubusercontent.com", "example.com:8443"],
    env: ["SSH_AUTH_SOCK"],
    dangerously_skip_permissions: false,
    agent_settings: { claude: "/opt/claude-settings.json" },
    cpu: "5m",
    memory: "4G",
    max_fds: 4096,
    max_pids: 512,
    audit: false,
  });
});

test.each<[string, string, string]>([
  ["netwrok: a", "1:1", 'unknown key "netwrok"; did you mean "network"?'],
  ["fs: []\n\nFoo: 1", "3:1", 'unknown key "Foo"; known are base, fs, network'],
  ["resources:\n  cpus: 5m", "2:3", 'unknown key "cpus"; did you mean "cpu"?'],
  ["shell: /bin/zsh", "1:1", '"shell" is not supported by this version'],
  ["fs: rw:./", "1:5", '"fs" wants a list, as in  fs: [rw:./]'],
  ["fs:\n  - 3", "2:5", 'each entry of "fs" wants a text'],
  ["network:\n  - a\n  - 5", "3:5", 'each entry of "network" wants a text'],
  ["env: 5", "1:6", '"env" wants a text or a list of texts'],
  ["memory: 4", "1:9", '"memory" wants a size, as in 4G'],
  ["resources: {cpu: 300}", "1:18", '"cpu" wants a duration, as in 5m'],
  ["max_fds: 63", "1:10", '"max_fds" wants at least 64'],
  ["max_fds: 1048577", "1:10", '"max_fds" wants at most 1048576'],
  ["max_pids: 15", "1:11", '"max_pids" wants at least 16'],
  ["max_pids: 5.5", "1:11", '"max_pids" wants a whole number'],
  ["audit: maybe", "1:8", '"audit" wants true or false'],
  ["dangerously_skip_permissions: yes", "1:31", "wants true or false"],
  ["agent_settings: [a]", "1:17", '"agent_settings" wants settings'],
  ["- a", "1:1", "an egg.yaml consists of settings"],
  ["just words", "1:1", "an egg.yaml consists of settings"],
  ["network: *.foo.com", "1:10", "write it in quotes"],
  ["network: [a, *.foo.com]", "1:14", "write it in quotes"],
  ["fs: [&a rw:./, *a]", "1:16", "write it in quotes"],
  ["fs: []\nfs: []", "2:1", "map keys must be unique"],
  ["fs: []\n---\nenv: []", "2:1", "a second document begins here"],
  ["fs: [", "1:6", "this is no YAML"],
  ["a:\n\t- b", "2:1", "this is no YAML"],
  ["fs: !!js/function x", "1:5", "this is no YAML"],
])("%j is refused at %s", (text, position, reason) => {
  const error = refusal(text);
  expect(`${error.line}:${error.column}`).toBe(position);
  expect(error.message).toContain(`egg.yaml:${position}: `);
  expect(error.message).toContain(reason);
});

test.each([
  ["max_fds: 64", 64],
  ["max_fds: 1048576", 1_048_576],
])("%s is within the bounds", (text, value) => {
  expect(parseEggYaml("egg.yaml", text).value.max_fds).toBe(value);
});

test.each([
  ["fs", "rw:./a", 256],
  ["network", "example.com", 256],
  ["env", "EDITOR", 100],
])("%s holds at most %s %d times", (key, entry, most) => {
  const list = (count: number) => `${key}: [${`${entry},`.repeat(count)}]`;
  expect(parseEggYaml("egg.yaml", list(most)).value).toHaveProperty(`${key}.length`, most);
  expect(refusal(list(most + 1)).message).toContain(`"${key}" wants at most ${most}`);
});

test("a file holds at most 65536 characters", () => {
  const file = (characters: number) => `#${"x".repeat(characters - 1)}`;
  expect(parseEggYaml("egg.yaml", file(MAX_YAML_CHARACTERS)).value).toEqual({});
  expect(refusal(file(MAX_YAML_CHARACTERS + 1)).message).toContain("more than 65536 characters");
});
