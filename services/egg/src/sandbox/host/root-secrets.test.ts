import { expect, test } from "vitest";
import { NotEnforceableError } from "../not-enforceable.ts";
import { MadeUpFiles } from "../testing/made-up-files.ts";
import { findRootSecrets, findWritableProc, MAX_ENTRIES } from "./root-secrets.ts";

const closedFile = { kind: "file", mode: 0o640, uid: 0, gid: 42 } as const;
const closedFolder = { kind: "folder", mode: 0o750, uid: 0, gid: 0 } as const;

test("what others cannot read is found, whole folders once, and what they can read is not", () => {
  const files = new MadeUpFiles({
    "/etc/passwd": { text: "" },
    "/etc/shadow": closedFile,
    "/etc/ssh/sshd_config": { text: "" },
    "/etc/ssh/ssh_host_ed25519_key": { kind: "file", mode: 0o600 },
    "/etc/sudoers.d": closedFolder,
    "/etc/sudoers.d/ada": closedFile,
    "/etc/only-listable": { kind: "folder", mode: 0o754 },
    "/etc/alternatives/shadow": { link: "/etc/shadow" },
    "/root": { kind: "folder", mode: 0o700 },
    "/var/lib/docker": { kind: "folder", mode: 0o710 },
    "/proc/kcore": { kind: "file", mode: 0o400 },
    "/proc/1": { kind: "folder", mode: 0o500 },
    "/proc/cpuinfo": { kind: "file", mode: 0o444 },
    "/sys/firmware": "folder",
  });
  expect([...findRootSecrets(files)].sort()).toEqual([
    "/etc/only-listable",
    "/etc/shadow",
    "/etc/ssh/ssh_host_ed25519_key",
    "/etc/sudoers.d",
    "/proc/kcore",
    "/root",
    "/sys/firmware",
    "/var/lib/docker",
  ]);
});

test("a host with too many names is refused rather than half looked at", () => {
  const names = (count: number) =>
    new MadeUpFiles(Object.fromEntries(Array.from({ length: count }, (_, i) => [`/etc/${i}`, { text: "" }])));
  // "/etc" itself is a name too.
  expect(findRootSecrets(names(MAX_ENTRIES - 1))).toEqual([]);
  expect(() => findRootSecrets(names(MAX_ENTRIES))).toThrow(NotEnforceableError);
});

test("of /proc an ordinary account could write nothing but settings, root every folder and every writable file", () => {
  const files = new MadeUpFiles({
    "/proc/sys/kernel/core_pattern": { text: "" },
    "/proc/pressure/io": { text: "" },
    "/proc/mtrr": { kind: "file", mode: 0o644 },
    "/proc/cpuinfo": { kind: "file", mode: 0o444 },
    "/proc/1/comm": { kind: "file", mode: 0o644 },
    "/proc/self": { link: "1" },
  });
  expect(findWritableProc(files, false)).toEqual(["/proc/sys"]);
  expect([...findWritableProc(files, true)].sort()).toEqual(["/proc/mtrr", "/proc/pressure", "/proc/sys"]);
});
