import { create } from "@bufbuild/protobuf";
import { ResolvedEggConfigSchema, WhenMissing } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { expect, test } from "vitest";
import { fsRule, madeUpHost, madeUpPolicy, USUAL } from "../testing/made-up-policy.ts";

const made = (...args: Parameters<typeof madeUpPolicy>) => madeUpPolicy(...args).make;

test("what forbids keeps the agent from making a missing path in its own folder", () => {
  expect(
    made([...USUAL, "deny-write:/home/ada/src/egg.yaml", "deny:/home/ada/src/key", "ro:/home/ada/src/docs"]),
  ).toEqual(
    ["egg.yaml", "key", "docs"].map((name) => {
      return { path: `/home/ada/src/${name}`, kind: "folder", text: "", temporary: true };
    }),
  );
});

test("folders on the way are made as well, the highest first", () => {
  expect(made([...USUAL, "deny-write:/home/ada/src/a/b/c"]).map((path) => path.path)).toEqual([
    "/home/ada/src/a",
    "/home/ada/src/a/b",
    "/home/ada/src/a/b/c",
  ]);
});

test.each([
  ["where the agent may not write", "deny:/home/ada/.aws"],
  ["in a folder of the egg's own", "deny-write:/tmp/x"],
  ["when it allows", "rw:/home/ada/src/build"],
  ["when it is to be left alone", "deny:/home/ada/src/.env?"],
])("nothing is made for a rule %s", (_, rule) => {
  const policy = madeUpPolicy([...USUAL, rule]);
  expect(policy.make).toEqual([]);
  expect(policy.rules.some((known) => known.source === rule)).toBe(false);
});

test("what this account cannot make, the agent cannot make either", () => {
  const files = madeUpHost({}, ["/home/ada/src"]);
  expect(made([...USUAL, "deny-write:/home/ada/src/egg.yaml"], { files })).toEqual([]);
});

const creating = (path: string, whenMissing: WhenMissing) => {
  const rule = fsRule(`rw:${path}`);
  rule.whenMissing = whenMissing;
  return { config: create(ResolvedEggConfigSchema, { fs: [...USUAL.map(fsRule), rule] }) };
};

test.each([
  ["/home/ada/.claude", WhenMissing.CREATE_FOLDER, { kind: "folder", text: "" }],
  ["/home/ada/.claude.json", WhenMissing.CREATE_FILE, { kind: "file", text: "{}\n" }],
  ["/home/ada/.ollama.history", WhenMissing.CREATE_FILE, { kind: "file", text: "" }],
])("an agent's own %s is made for good", (path, whenMissing, expected) => {
  expect(made([], creating(path, whenMissing))).toEqual([{ path, temporary: false, ...expected }]);
});

test("the folders above an agent's own folder are made for good too", () => {
  const paths = made([], creating("/home/ada/.config/cursor", WhenMissing.CREATE_FOLDER));
  expect(paths.map((path) => [path.path, path.temporary])).toEqual([
    ["/home/ada/.config", false],
    ["/home/ada/.config/cursor", false],
  ]);
});

test("a placeholder that another egg made or left is shared, a person's own folder is not", () => {
  const left = { kind: "folder", mode: 0o1755 } as const;
  const rules = [...USUAL, "deny-write:/home/ada/src/egg.yaml"];
  const files = madeUpHost({ "/home/ada/src/egg.yaml": left });
  expect(made(rules, { files })).toEqual([
    { path: "/home/ada/src/egg.yaml", kind: "folder", text: "", temporary: true },
  ]);
  const own = madeUpHost({ "/home/ada/src/egg.yaml": { kind: "folder", mode: 0o755 } });
  expect(made(rules, { files: own })).toEqual([]);
  const full = madeUpHost({ "/home/ada/src/egg.yaml": left, "/home/ada/src/egg.yaml/x": { text: "" } });
  expect(made(rules, { files: full })).toEqual([]);
});
