import { isAtOrBelow } from "@wingthing/egg-config/egg-path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MadeUpFiles } from "../testing/made-up-files.ts";
import { madeUpHost, madeUpPolicy, USUAL } from "../testing/made-up-policy.ts";
import { type Mount, planMounts } from "./mount-plan.ts";
import type { SandboxPolicy } from "./policy.ts";

const inShort = (mounts: readonly Mount[]) =>
  mounts.map((mount) => {
    if (mount.kind === "memory") return `memory ${mount.path}`;
    if (mount.kind === "hidden") return `hidden ${mount.file} ${mount.path}${mount.reopened ? " reopened" : ""}`;
    return `${mount.writable ? "rw" : "ro"} ${mount.file} ${mount.path}${mount.swappable ? " by descriptor" : ""}`;
  });

const plan = (...args: Parameters<typeof madeUpPolicy>) => inShort(planMounts(madeUpPolicy(...args)));

const ALWAYS = ["ro folder /", "hidden folder /home/ada/.wingthing", "rw folder /home/ada/src by descriptor"];
const MEMORY = ["memory /run", "memory /tmp", "memory /var/tmp"];

test("the usual view is five mounts over the root", () => {
  expect(plan(USUAL)).toEqual([...ALWAYS, ...MEMORY]);
});

test("a rule that changes nothing costs nothing", () => {
  const rules = [
    ...USUAL,
    "ro:/etc",
    "deny-write:/etc/passwd",
    "rw:/home/ada/src/build",
    "deny:/home/ada/.wingthing/eggs",
  ];
  const files = madeUpHost({ "/home/ada/src/build": "folder" });
  expect(plan(rules, { files })).toEqual([...ALWAYS, ...MEMORY]);
});

test("what is closed inside the working folder is bound by descriptor, with every folder on the way pinned", () => {
  const files = madeUpHost({
    "/home/ada/src/.git/HEAD": { text: "" },
    "/home/ada/src/.git/hooks": "folder",
    "/home/ada/src/.git/info": "folder",
    "/home/ada/src/.git/config": { text: "" },
    "/home/ada/src/.git/commondir": { text: ".\n" },
    "/home/ada/src/a/b/closed": { text: "" },
  });
  expect(plan([...USUAL, "deny:/home/ada/src/a/b/closed"], { files })).toEqual([
    ...ALWAYS,
    "rw folder /home/ada/src/.git by descriptor",
    "ro file /home/ada/src/.git/commondir by descriptor",
    "ro file /home/ada/src/.git/config by descriptor",
    "ro folder /home/ada/src/.git/hooks by descriptor",
    "ro folder /home/ada/src/.git/info by descriptor",
    "rw folder /home/ada/src/a by descriptor",
    "rw folder /home/ada/src/a/b by descriptor",
    "hidden file /home/ada/src/a/b/closed",
    ...MEMORY,
  ]);
});

test("a hidden folder of which something is reopened says so", () => {
  const files = madeUpHost({ "/home/ada/.ssh/id": { text: "" }, "/home/ada/.ssh/known_hosts": { text: "" } });
  const rules = [...USUAL, "deny:/home/ada/.ssh", "ro:/home/ada/.ssh/known_hosts"];
  expect(plan(rules, { files }).filter((line) => line.includes(".ssh"))).toEqual([
    "hidden folder /home/ada/.ssh reopened",
    "ro file /home/ada/.ssh/known_hosts",
  ]);
});

test("a working folder below /tmp is brought into the egg's own /tmp, without pins", () => {
  const files = madeUpHost({ "/tmp/x/src": "folder", "/tmp/x/other": "folder" });
  expect(plan(["ro:/", "ro:/home/ada", "rw:/tmp/x/src"], { files, cwd: "/tmp/x/src" })).toEqual([
    "ro folder /",
    "hidden folder /home/ada/.wingthing/eggs/s1",
    "memory /run",
    "memory /tmp",
    "rw folder /tmp/x/src by descriptor",
    "memory /var/tmp",
  ]);
});

test("a folder that everything is denied in still holds the working folder", () => {
  expect(plan(["ro:/", "deny:/home/ada", "rw:/home/ada/src"]).slice(0, 3)).toEqual([
    "ro folder /",
    "hidden folder /home/ada reopened",
    "rw folder /home/ada/src by descriptor",
  ]);
});

/** What the mounts make of a path: the deepest one that covers it decides, as in the kernel. */
function seen(mounts: readonly Mount[], path: string): { read: boolean; write: boolean } {
  const mount = mounts.findLast((candidate) => isAtOrBelow(path, candidate.path))!;
  if (mount.kind === "hidden") return { read: false, write: false };
  return { read: true, write: mount.kind === "memory" || mount.writable };
}

const TREE: MadeUpFiles = madeUpHost(
  Object.fromEntries(
    ["/home/ada/src", "/home/ada/docs", "/data"].flatMap((root) =>
      ["a", "a/a", "a/b", "b", "b/a/a"].map((name) => [`${root}/${name}/file`, { text: "" }]),
    ),
  ),
);

/** Not the working folder itself: a policy that closes it is refused. */
const somePath = fc.constantFrom(
  ...TREE.paths.filter((path) => path !== "/home/ada/src" && /^\/(home\/ada\/|data)/.test(path)),
);
const someRule = fc
  .tuple(fc.constantFrom("rw", "ro", "deny", "deny-write"), somePath)
  .map(([mode, path]) => `${mode}:${path}`);

const inReach = (policy: SandboxPolicy, path: string) => !policy.decide(path, "read").rule?.private;

test("whatever the rules, the mounts show of every path what the policy decides", () => {
  fc.assert(
    fc.property(fc.array(someRule, { maxLength: 10 }), (rules) => {
      const policy = madeUpPolicy([...USUAL, ...rules, "rw:/home/ada/src"], { files: TREE });
      const mounts = planMounts(policy);
      for (const path of TREE.paths.filter((known) => inReach(policy, known))) {
        const decided = { read: policy.decide(path, "read").allowed, write: policy.decide(path, "write").allowed };
        expect([path, seen(mounts, path)]).toEqual([path, decided]);
      }
    }),
    { numRuns: 300 },
  );
});

test("whatever the rules, nothing that is closed can be moved away by renaming a folder around it", () => {
  fc.assert(
    fc.property(fc.array(someRule, { maxLength: 10 }), (rules) => {
      const policy = madeUpPolicy([...USUAL, ...rules, "rw:/home/ada/src"], { files: TREE });
      const mounted = new Set(planMounts(policy).map((mount) => mount.path));
      for (const path of TREE.paths.filter((known) => known !== "/" && inReach(policy, known))) {
        if (policy.decide(path, "write").allowed) continue;
        const parent = path.slice(0, path.lastIndexOf("/")) || "/";
        // A closed path in an open folder must be a mount point itself, and so must be the open folders above it.
        if (policy.decide(parent, "write").allowed) expect([path, mounted.has(path)]).toEqual([path, true]);
        for (let at = parent; at !== "/"; at = at.slice(0, at.lastIndexOf("/")) || "/") {
          const around = at.slice(0, at.lastIndexOf("/")) || "/";
          if (policy.decide(around, "write").allowed && mounted.has(path))
            expect([at, mounted.has(at)]).toEqual([at, true]);
        }
      }
    }),
    { numRuns: 300 },
  );
});
