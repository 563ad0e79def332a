import { expect, test } from "vitest";
import { WorkingFolderError } from "../host/working-folder.ts";
import { NotEnforceableError } from "../not-enforceable.ts";
import { madeUpHost, madeUpPolicy, USUAL } from "../testing/made-up-policy.ts";
import { MAX_COVERED_SOCKETS } from "./policy.ts";

test.each([
  ["/etc/passwd", "read", true],
  ["/etc/passwd", "write", false],
  ["/home/ada/.bashrc", "read", true],
  ["/home/ada/.bashrc", "write", false],
  ["/home/ada/src/a", "write", true],
  ["/home/ada/.wingthing", "read", false],
  ["/home/ada/.wingthing/eggs/s1/egg.token", "read", false],
  ["/tmp/anything", "write", true],
] as const)("by default %s: %s is %s", (path, operation, allowed) => {
  expect(madeUpPolicy(USUAL).decide(path, operation).allowed).toBe(allowed);
});

test("the deciding rule is named", () => {
  const policy = madeUpPolicy([...USUAL, "deny:/etc/passwd"]);
  expect(policy.decide("/etc/passwd", "read").rule?.source).toBe("deny:/etc/passwd");
  expect(policy.decide("/tmp/x", "read").rule?.source).toBe("built-in: the egg's own");
});

test("rules hold where they really lead", () => {
  const files = madeUpHost({ "/home/ada/.secrets": { link: "/data/vault" }, "/data/vault/key": { text: "" } });
  const policy = madeUpPolicy([...USUAL, "deny:/home/ada/.secrets"], { files });
  expect(policy.decide("/data/vault/key", "read").allowed).toBe(false);
});

test("the working folder may be reached through a link, and is then the real one", () => {
  const files = madeUpHost({ "/home/ada/work": { link: "/data/work" }, "/data/work/main.c": { text: "" } });
  const policy = madeUpPolicy([...USUAL, "rw:/home/ada/work"], { files, cwd: "/home/ada/work" });
  expect(policy.cwd).toBe("/data/work");
  expect(policy.decide("/data/work/main.c", "write").allowed).toBe(true);
});

test.each([
  ["/home/ada", "contains-home"],
  ["/", "contains-home"],
  ["/home/ada/gone", "missing"],
  ["/home/ada/.bashrc", "not-a-folder"],
  ["/home/ada/.wingthing/eggs/s1", "denied"],
  ["/home/ada/.wingthing", "denied"],
  ["/etc", "system"],
])("working in %s is refused: %s", (cwd, problem) => {
  const attempt = () => madeUpPolicy([...USUAL, `rw:${cwd}`], { cwd });
  expect(attempt).toThrow(WorkingFolderError);
  expect(attempt).toThrow(expect.objectContaining({ problem }));
});

test("a folder inside a denied one is refused although it is the working folder", () => {
  const files = madeUpHost({ "/home/ada/.aws/project": "folder" });
  const rules = [...USUAL, "deny:/home/ada/.aws", "rw:/home/ada/.aws/project"];
  expect(() => madeUpPolicy(rules, { files, cwd: "/home/ada/.aws/project" })).toThrow(WorkingFolderError);
});

test("the home folder is found through a link too", () => {
  const files = madeUpHost({ "/usr/home": { link: "/home" } });
  expect(() => madeUpPolicy(USUAL, { files, home: "/usr/home/ada", cwd: "/home/ada" })).toThrow(WorkingFolderError);
});

test.each(["rw:/home/ada/src/cache", "ro:/home/ada/src/docs", "deny-write:/home/ada/src/egg.yaml"])(
  "%s is refused when it goes through a link that the agent could have made",
  (rule) => {
    const path = rule.slice(rule.indexOf(":") + 1);
    const files = madeUpHost({ [path]: { link: "/home/ada/.config" }, "/home/ada/.config/x": { text: "" } });
    expect(() => madeUpPolicy([...USUAL, rule], { files })).toThrow(NotEnforceableError);
    expect(() => madeUpPolicy([...USUAL, rule], { files })).toThrow(
      /symbolic link in a folder that the agent may write/,
    );
  },
);

test("a link on the way, inside the working folder, is refused as well", () => {
  const files = madeUpHost({ "/home/ada/src/sub": { link: "../other" }, "/home/ada/other/egg": { text: "" } });
  expect(() => madeUpPolicy([...USUAL, "ro:/home/ada/src/sub/egg"], { files })).toThrow(NotEnforceableError);
});

test("a denial through such a link stays, since it only covers more", () => {
  const files = madeUpHost({ "/home/ada/src/keys": { link: "/home/ada/vault" }, "/home/ada/vault/a": { text: "" } });
  const policy = madeUpPolicy([...USUAL, "deny:/home/ada/src/keys"], { files });
  expect(policy.decide("/home/ada/vault/a", "read").allowed).toBe(false);
});

test("a person accepts such a link by naming its target", () => {
  const files = madeUpHost({ "/home/ada/src/notes": { link: "/home/ada/notes" }, "/home/ada/notes": { text: "" } });
  const rules = [...USUAL, "deny-write:/home/ada/src/notes", "ro:/home/ada/notes"];
  expect(madeUpPolicy(rules, { files }).decide("/home/ada/notes", "write").allowed).toBe(false);
});

test("links in folders that the agent may not write are followed", () => {
  const files = madeUpHost({ "/home/ada/out": { link: "/data/out" }, "/data/out": "folder" });
  expect(madeUpPolicy([...USUAL, "rw:/home/ada/out"], { files }).decide("/data/out/x", "write").allowed).toBe(true);
});

test("a repository in the working folder is protected, and a person's own rule wins", () => {
  const files = madeUpHost({
    "/home/ada/src/.git/HEAD": { text: "" },
    "/home/ada/src/.git/config": { text: "" },
    "/home/ada/src/.git/hooks": "folder",
  });
  const hook = "/home/ada/src/.git/hooks/pre-commit";
  expect(madeUpPolicy(USUAL, { files }).decide(hook, "write").allowed).toBe(false);
  expect(madeUpPolicy(USUAL, { files }).decide("/home/ada/src/.git/index", "write").allowed).toBe(true);
  const opened = madeUpPolicy([...USUAL, "rw:/home/ada/src/.git/hooks"], { files });
  expect(opened.decide(hook, "write").allowed).toBe(true);
});

test("sockets of the host are closed where they would be seen", () => {
  const files = madeUpHost({ "/srv/app/api.sock": "socket", "/run/docker.sock": "socket", "/tmp/tmux": "socket" });
  const policy = madeUpPolicy(USUAL, { files, sockets: ["/srv/app/api.sock", "/run/docker.sock", "/tmp/tmux"] });
  expect(policy.decide("/srv/app/api.sock", "read").allowed).toBe(false);
  expect(policy.rules.filter((rule) => rule.source.includes("socket")).map((rule) => rule.path)).toEqual([
    "/srv/app/api.sock",
  ]);
});

test("a socket that the person passes in is open", () => {
  const files = madeUpHost({ "/tmp/ssh-1/agent": "socket" });
  const open = { files, sockets: ["/tmp/ssh-1/agent"], openSockets: ["/tmp/ssh-1/agent"] };
  const decision = madeUpPolicy(USUAL, open).decide("/tmp/ssh-1/agent", "write");
  expect(decision).toMatchObject({ allowed: true, rule: { private: false } });
});

test("256 visible sockets are covered, and with one more nothing starts", () => {
  const sockets = Array.from({ length: MAX_COVERED_SOCKETS + 1 }, (_, i) => `/srv/${i}.sock`);
  const files = madeUpHost(Object.fromEntries(sockets.map((path) => [path, "socket" as const])));
  const build = (count: number) => madeUpPolicy(USUAL, { files, sockets: sockets.slice(0, count) });
  expect(build(MAX_COVERED_SOCKETS).rules.length).toBeGreaterThan(MAX_COVERED_SOCKETS);
  expect(() => build(MAX_COVERED_SOCKETS + 1)).toThrow(NotEnforceableError);
});

test("what only root may read is closed, but not the way to root's own home", () => {
  const files = madeUpHost({ "/etc/shadow": { text: "" }, "/root/src": "folder" });
  const policy = madeUpPolicy(["ro:/", "rw:/root/src"], {
    files,
    home: "/root",
    cwd: "/root/src",
    rootSecrets: ["/etc/shadow", "/root"],
  });
  expect(policy.decide("/etc/shadow", "read").allowed).toBe(false);
  expect(policy.decide("/root/.profile", "read").allowed).toBe(true);
});
