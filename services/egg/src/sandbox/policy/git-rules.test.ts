import { WhenMissing } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { expect, test } from "vitest";
import { NotEnforceableError } from "../not-enforceable.ts";
import { MadeUpFiles } from "../testing/made-up-files.ts";
import { gitRules, MAX_GIT_FOLDERS } from "./git-rules.ts";

const repository = (folder: string, config = "[core]\n") => ({
  [`${folder}/HEAD`]: { text: "ref: refs/heads/main\n" },
  [`${folder}/config`]: { text: config },
  [`${folder}/hooks/pre-commit.sample`]: { text: "" },
  [`${folder}/info/exclude`]: { text: "" },
});

const paths = (files: MadeUpFiles) => gitRules("/src", files).map((rule) => rule.path.replace("/src/", ""));

test("a folder without a repository has no rules", () => {
  expect(gitRules("/src", new MadeUpFiles({ "/src/main.c": { text: "" } }))).toEqual([]);
});

test("hooks, info, config and commondir are closed for writing and left readable", () => {
  const rules = gitRules("/src", new MadeUpFiles(repository("/src/.git")));
  expect(rules.map((rule) => rule.path)).toEqual([
    "/src/.git/hooks",
    "/src/.git/info",
    "/src/.git/config",
    "/src/.git/commondir",
  ]);
  for (const rule of rules) expect(rule).toMatchObject({ write: false, whenMissing: WhenMissing.UNSPECIFIED });
  for (const rule of rules) expect(rule.read).toBeUndefined();
});

test("the placeholder of commondir says that everything is where it was", () => {
  const rules = gitRules("/src", new MadeUpFiles(repository("/src/.git")));
  expect(rules.find((rule) => rule.path.endsWith("commondir"))).toMatchObject({
    kind: "missing",
    placeholderText: ".\n",
  });
  expect(rules.find((rule) => rule.path.endsWith("hooks"))?.placeholderText).toBeUndefined();
});

test("config.worktree is closed where the configuration makes git read it", () => {
  const config = "[extensions]\n\tworktreeConfig = true\n";
  expect(paths(new MadeUpFiles(repository("/src/.git", config)))).toContain(".git/config.worktree");
});

test("submodules are closed at any depth, with slashes in their names too", () => {
  const files = new MadeUpFiles({
    ...repository("/src/.git"),
    ...repository("/src/.git/modules/libs/zlib"),
    ...repository("/src/.git/modules/app"),
    ...repository("/src/.git/modules/app/modules/inner"),
  });
  expect(paths(files)).toEqual(
    expect.arrayContaining([
      ".git/modules/libs/zlib/hooks",
      ".git/modules/app/config",
      ".git/modules/app/modules/inner/config",
    ]),
  );
});

test("a linked worktree cannot be led to another repository", () => {
  const files = new MadeUpFiles({
    ...repository("/src/.git"),
    "/src/.git/worktrees/fix/commondir": { text: "../..\n" },
    "/src/.git/worktrees/fix/gitdir": { text: "/home/ada/fix/.git\n" },
  });
  expect(paths(files)).toEqual(expect.arrayContaining([".git/worktrees/fix/commondir", ".git/worktrees/fix/gitdir"]));
});

test("a .git that is a file or a link is closed itself", () => {
  expect(paths(new MadeUpFiles({ "/src/.git": { text: "gitdir: /repo/.git/worktrees/x\n" } }))).toEqual([".git"]);
  const linked = gitRules(
    "/src",
    new MadeUpFiles({ "/src/.git": { link: "/repo/.git" }, "/repo/.git/HEAD": { text: "" } }),
  );
  expect(linked).toMatchObject([{ path: "/repo/.git", links: ["/src/.git"] }]);
});

test("64 submodules are protected, and with one more nothing starts", () => {
  const modules = (count: number) =>
    new MadeUpFiles(
      Object.assign(
        repository("/src/.git"),
        ...Array.from({ length: count }, (_, i) => repository(`/src/.git/modules/m${i}`)),
      ),
    );
  expect(gitRules("/src", modules(MAX_GIT_FOLDERS))).toHaveLength(4 * (MAX_GIT_FOLDERS + 1));
  expect(() => gitRules("/src", modules(MAX_GIT_FOLDERS + 1))).toThrow(NotEnforceableError);
});
