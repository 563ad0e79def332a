import { expect, test } from "vitest";
import { parseWingConfig, WingConfigError } from "./wing-config.ts";

const parse = (text: string) => parseWingConfig(text, "~/.wingthing/wing.yaml");

test("every key that this version reads has its effect", () => {
  const text = [
    "label: my laptop",
    "paths: [~/src, /srv/work]",
    "labels: [gpu, work]",
    "egg_config: ~/egg.yaml",
    "idle_timeout: 4h",
    "retention: 7d",
  ].join("\n");
  expect(parse(text)).toEqual({
    label: "my laptop",
    paths: ["~/src", "/srv/work"],
    labels: ["gpu", "work"],
    eggConfig: "~/egg.yaml",
    idleTimeoutMs: 4 * 3_600_000,
    retentionMs: 7 * 86_400_000,
  });
});

test.each(["", "# only a comment\n", "---\n"])("a file that says nothing (%j) means the defaults", (text) => {
  expect(parse(text)).toEqual({ labels: [] });
});

test("a timeout can be switched off", () => {
  expect(parse("idle_timeout: off")).toEqual({ labels: [] });
});

test.each([
  ["lable: x", "1:1", "did you mean label?"],
  ["label: a\n\npathes: [/a]", "3:1", "did you mean paths?"],
  ["colour: red", "1:1", "known keys are label, paths"],
  ["label: [a]", "1:8", "label: wanted a name"],
  ["paths: /a", "1:8", "wanted a list of folders"],
  ["paths: []", "1:8", "wanted at least one folder"],
  ["paths:\n  - /a\n  - b", "3:5", "wanted an absolute path"],
  ["paths:\n  - {path: /a, members: [x]}", "2:5", "wanted a path"],
  ["labels: gpu", "1:9", "wanted a list of tags"],
  ["idle_timeout: soon", "1:15", "wanted a duration"],
  ["idle_timeout: 0s", "1:15", "wanted a duration"],
  ["retention: 7", "1:12", "wanted a duration"],
  ["locked: true", "1:1", "locked is not supported by this version of wt, and ignoring it would be unsafe"],
  ["admins: [ada@example.com]", "1:1", "admins is not supported"],
  ["audit: true", "1:1", "remove it or set it to false"],
  ["label: a\nlabel: b", "2:1", "Map keys must be unique"],
  ["label: 'a", "1:10", "Missing closing 'quote"],
  ["- a", "1:1", "wanted lines such as"],
])("%j is refused at %s: %s", (text, at, problem) => {
  expect(() => parse(text)).toThrow(WingConfigError);
  expect(() => parse(text)).toThrow(`~/.wingthing/wing.yaml:${at}: `);
  expect(() => parse(text)).toThrow(problem);
});

test.each(["locked: false", "audit: false", "debug: false", "spectate: false"])(
  "%s states what already holds",
  (text) => {
    expect(parse(text)).toEqual({ labels: [] });
  },
);

test("sixty-four folders are taken and sixty-five are not", () => {
  const file = (count: number) => `paths: [${Array.from({ length: count }, (_, n) => `/p${n}`).join(", ")}]`;
  expect(parse(file(63)).paths).toHaveLength(63);
  expect(parse(file(64)).paths).toHaveLength(64);
  expect(() => parse(file(65))).toThrow(WingConfigError);
});
