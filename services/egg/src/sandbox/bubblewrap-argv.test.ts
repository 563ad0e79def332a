import { expect, test } from "vitest";
import { ArgumentError, type BubblewrapOptions, bubblewrapArguments, encodeArguments } from "./bubblewrap-argv.ts";
import { NotEnforceableError } from "./not-enforceable.ts";
import type { Mount } from "./policy/mount-plan.ts";

const MOUNTS: readonly Mount[] = [
  { kind: "host", path: "/", file: "folder", writable: false, swappable: false },
  { kind: "hidden", path: "/etc/shadow", file: "file", reopened: false },
  { kind: "hidden", path: "/home/ada/.aws", file: "folder", reopened: false },
  { kind: "hidden", path: "/home/ada/.ssh", file: "folder", reopened: true },
  { kind: "host", path: "/home/ada/.ssh/known_hosts", file: "file", writable: false, swappable: false },
  { kind: "host", path: "/home/ada/src", file: "folder", writable: true, swappable: true },
  { kind: "host", path: "/home/ada/src/.git/hooks", file: "folder", writable: false, swappable: true },
  { kind: "memory", path: "/tmp" },
];

const OPTIONS: BubblewrapOptions = {
  features: { bindByDescriptor: true, disableUserNamespaces: true, sizedMemory: true },
  uid: 1000,
  gid: 100,
  mounts: MOUNTS,
  descriptors: new Map([
    ["/home/ada/src", 5],
    ["/home/ada/src/.git/hooks", 6],
  ]),
  covers: { file: "/egg/closed-file", folder: "/egg/closed-folder" },
  readOnlyProc: ["/proc/sys"],
  resolvConf: { path: "/run/resolv.conf", descriptor: 7 },
  filterDescriptor: 8,
  cwd: "/home/ada/src",
  env: { HOME: "/home/ada", GREETING: "hello there" },
};

/** One option a line: an option begins with two dashes, and no value here does. */
const lines = (list: readonly string[]) => list.join(" ").replaceAll(/ (?=--)/g, "\n");

test("the whole list, line by line", () => {
  expect(lines(bubblewrapArguments(OPTIONS))).toMatchInlineSnapshot(`
    "--unshare-user
    --uid 1000
    --gid 100
    --unshare-ipc
    --unshare-pid
    --unshare-uts
    --unshare-cgroup-try
    --hostname egg
    --disable-userns
    --die-with-parent
    --cap-drop ALL
    --ro-bind / /
    --dev /dev
    --size 536870912
    --tmpfs /dev/shm
    --proc /proc
    --ro-bind /proc/sys /proc/sys
    --ro-bind /egg/closed-file /etc/shadow
    --ro-bind /egg/closed-folder /home/ada/.aws
    --perms 0555
    --size 536870912
    --tmpfs /home/ada/.ssh
    --ro-bind /home/ada/.ssh/known_hosts /home/ada/.ssh/known_hosts
    --bind-fd 5 /home/ada/src
    --ro-bind-fd 6 /home/ada/src/.git/hooks
    --perms 1777
    --size 536870912
    --tmpfs /tmp
    --perms 0444
    --ro-bind-data 7 /run/resolv.conf
    --remount-ro /home/ada/.ssh
    --remount-ro /dev
    --chdir /home/ada/src
    --clearenv
    --setenv HOME /home/ada
    --setenv GREETING hello there
    --seccomp 8"
  `);
});

test("an older bubblewrap gets no option that it does not know", () => {
  const features = { bindByDescriptor: false, disableUserNamespaces: false, sizedMemory: false };
  const text = lines(bubblewrapArguments({ ...OPTIONS, features, descriptors: new Map() }));
  expect(text).not.toMatch(/--size|--disable-userns|-fd/);
  expect(text).toContain("--bind /home/ada/src /home/ada/src\n");
  expect(text).toContain("--ro-bind /home/ada/src/.git/hooks /home/ada/src/.git/hooks\n");
});

test("a host without resolv.conf gets none", () => {
  expect(lines(bubblewrapArguments({ ...OPTIONS, resolvConf: undefined }))).not.toContain("resolv.conf");
});

test("nothing of the host's is in a new session, which would take Ctrl-C away", () => {
  expect(bubblewrapArguments(OPTIONS)).not.toContain("--new-session");
});

test("9000 arguments are the most that bubblewrap takes", () => {
  // A variable takes three, so the rest must leave a multiple of three.
  const options = { ...OPTIONS, features: { ...OPTIONS.features, disableUserNamespaces: false } };
  const without = bubblewrapArguments({ ...options, env: {} }).length;
  expect(without % 3).toBe(0);
  const env = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`V${i}`, ""]));
  const most = (9_000 - without) / 3;
  expect(bubblewrapArguments({ ...options, env: env(most) })).toHaveLength(9_000);
  expect(() => bubblewrapArguments({ ...options, env: env(most + 1) })).toThrow(NotEnforceableError);
});

test("a list is encoded with a zero byte after each argument", () => {
  expect(new TextDecoder().decode(encodeArguments(["--setenv", "A", "", "ü"]))).toBe("--setenv\0A\0\0ü\0");
});

test("an argument that holds a zero byte would begin another option, and is refused without being quoted", () => {
  expect(() => encodeArguments(["--setenv", "A", "x\0--bind"])).toThrow(ArgumentError);
  expect(() => encodeArguments(["secret\0"])).toThrow(expect.not.stringContaining("secret"));
});
