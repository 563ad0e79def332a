import fc from "fast-check";
import { expect, test } from "vitest";
import { type AccessRule, AccessTable, type FsOperation, selfAndAncestors } from "./access-table.ts";
import { isAtOrBelow } from "./egg-path.ts";

const rw = (path: string): AccessRule => ({ path, read: true, write: true, locked: false, source: `rw:${path}` });
const ro = (path: string): AccessRule => ({ path, read: true, write: false, locked: false, source: `ro:${path}` });
const deny = (path: string): AccessRule => ({ path, read: false, write: false, locked: false, source: `deny:${path}` });
const denyWrite = (path: string): AccessRule => ({ path, write: false, locked: false, source: `deny-write:${path}` });
const locked = (path: string): AccessRule => ({ ...deny(path), locked: true });

const TABLE = new AccessTable([
  ro("/"),
  ro("/home/ada"),
  deny("/home/ada/.ssh"),
  ro("/home/ada/.ssh/known_hosts"),
  rw("/home/ada/src"),
  deny("/home/ada/src/.env"),
  denyWrite("/home/ada/src/egg.yaml"),
  denyWrite("/home/ada/src/.env"),
  locked("/home/ada/.wingthing"),
  rw("/home/ada/.wingthing/eggs"),
]);

test.each<[string, FsOperation, boolean, string]>([
  ["/etc/hosts", "read", true, "ro:/"],
  ["/etc/hosts", "write", false, "ro:/"],
  ["/home/ada/notes", "write", false, "ro:/home/ada"],
  ["/home/ada/.ssh", "read", false, "deny:/home/ada/.ssh"],
  ["/home/ada/.ssh/id_ed25519", "read", false, "deny:/home/ada/.ssh"],
  ["/home/ada/.ssh/known_hosts", "read", true, "ro:/home/ada/.ssh/known_hosts"],
  ["/home/ada/.sshx", "read", true, "ro:/home/ada"],
  ["/home/ada/src/a/b", "write", true, "rw:/home/ada/src"],
  ["/home/ada/src/egg.yaml", "read", true, "rw:/home/ada/src"],
  ["/home/ada/src/egg.yaml", "write", false, "deny-write:/home/ada/src/egg.yaml"],
  ["/home/ada/src/.env", "read", false, "deny:/home/ada/src/.env"],
  ["/home/ada/.wingthing/eggs/s1", "read", false, "deny:/home/ada/.wingthing"],
  ["/home/ada/.wingthing/eggs/s1", "write", false, "deny:/home/ada/.wingthing"],
])("%s: %s is %s because of %s", (path, operation, allowed, source) => {
  const decision = TABLE.decide(path, operation);
  expect(decision.allowed).toBe(allowed);
  expect(decision.rule?.source).toBe(source);
});

test("a path that no rule covers is denied", () => {
  expect(new AccessTable([rw("/a")]).decide("/b", "read")).toEqual({ allowed: false, rule: undefined });
});

test("of two rules on one path the later holds", () => {
  expect(new AccessTable([rw("/a"), ro("/a")]).decide("/a/x", "write").allowed).toBe(false);
  expect(new AccessTable([ro("/a"), rw("/a")]).decide("/a/x", "write").allowed).toBe(true);
});

const segment = fc.constantFrom("a", "b", "c");
const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
const rule = fc.tuple(fc.constantFrom(rw, ro, deny, denyWrite, locked), path).map(([make, at]) => make(at));

test("the deciding rule is always at or above the path", () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), path, (rules, at) => {
      const decision = new AccessTable(rules).decide(at, "write");
      return decision.rule === undefined ? !decision.allowed : isAtOrBelow(at, decision.rule.path);
    }),
  );
});

test("whatever else is said, nothing at or below a locked path is allowed", () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), path, path, (rules, closed, at) => {
      fc.pre(isAtOrBelow(at, closed));
      const table = new AccessTable([locked(closed), ...rules]);
      return !table.decide(at, "read").allowed && !table.decide(at, "write").allowed;
    }),
  );
});

test("a write is never allowed where a read is not, unless a rule says so by itself", () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), path, (rules, at) => {
      const table = new AccessTable(rules);
      return table.decide(at, "read").allowed || !table.decide(at, "write").allowed;
    }),
  );
});

test("the ancestors of a path begin with itself and end with the root", () => {
  expect([...selfAndAncestors("/a/b")]).toEqual(["/a/b", "/a", "/"]);
  expect([...selfAndAncestors("/")]).toEqual(["/"]);
});
