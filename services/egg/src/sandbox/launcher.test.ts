import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { type LaunchChain, launchArguments } from "./launcher.ts";

/** Stands for every program of the chain: skips the options that end in "--" and runs what follows. */
const SKIP = "/bin/sh";

const CHAIN: LaunchChain = {
  programs: { bash: "/bin/bash", bwrap: "/usr/bin/bwrap", env: "/usr/bin/env", prlimit: "/usr/bin/prlimit" },
  enter: ["/usr/bin/nsenter", "--net=/x", "--"],
  optionsDescriptor: 12,
  lastDescriptor: 12,
  cgroups: ["/sys/fs/cgroup/pids/egg"],
  limits: ["--core=0"],
  command: ["/usr/bin/claude", "--flag", "with space"],
};

test("the chain goes launcher, nsenter, bubblewrap, env, prlimit, agent", () => {
  const [bash, privileged, c, , ...rest] = launchArguments(CHAIN);
  expect([bash, privileged, c]).toEqual(["/bin/bash", "-p", "-c"]);
  expect(rest.join(" ")).toBe(
    "wt-egg 12 /sys/fs/cgroup/pids/egg -- /usr/bin/nsenter --net=/x -- /usr/bin/bwrap --args 12 -- " +
      "/usr/bin/env --default-signal=INT,QUIT /usr/bin/prlimit --core=0 -- /usr/bin/claude --flag with space",
  );
});

/** The launcher itself with a shell in place of bubblewrap. */
const launch = (script: string, options: { descriptors?: readonly number[]; env?: Record<string, string> } = {}) => {
  const chain = { ...CHAIN, cgroups: [], enter: [SKIP, "-c", script, "--"], lastDescriptor: 3 };
  const [file, ...args] = launchArguments(chain);
  return spawnSync(file!, args, {
    encoding: "utf8",
    env: options.env ?? {},
    stdio: ["ignore", "pipe", "pipe", ...(options.descriptors ?? [])],
  });
};

test("every inherited descriptor is closed but those that are handed on", () => {
  const folder = openSync("/etc", "r");
  try {
    // 3 is handed on; 4 and 40 are not meant for the egg.
    const descriptors = Array.from({ length: 38 }, () => folder);
    const { stdout, stderr } = launch("exec /bin/ls /proc/self/fd", { descriptors });
    expect(stderr).toBe("");
    // The last is the listing's own.
    expect(stdout.split("\n").filter(Boolean).map(Number)).toEqual([0, 1, 2, 3, 4]);
    expect(launch("test -e /proc/self/fd/3/passwd", { descriptors }).status).toBe(0);
    expect(launch("test -e /proc/self/fd/4/passwd", { descriptors }).status).toBe(1);
    expect(launch("test -e /proc/self/fd/40/passwd", { descriptors }).status).toBe(1);
  } finally {
    closeSync(folder);
  }
});

test("nothing of the environment goes on", () => {
  const { stdout } = launch('/usr/bin/tr "\\0" "\\n" < /proc/self/environ', {
    env: { SECRET: "s3cret", BASH_ENV: "/x" },
  });
  expect(stdout).not.toContain("SECRET");
  expect(stdout).not.toContain("BASH_ENV");
});

test("Ctrl-C and Ctrl-\\ are ignored until env gives them back", () => {
  expect(launch("trap; kill -INT $$; kill -QUIT $$; echo alive").stdout).toContain("alive");
  const [, , , , ...rest] = launchArguments({ ...CHAIN, enter: [], cgroups: [] });
  expect(rest).toContain("--default-signal=INT,QUIT");
});

test("a cgroup that cannot be joined stops the launch", () => {
  const chain = { ...CHAIN, cgroups: ["/nowhere"], enter: [SKIP, "-c", "echo started", "--"], lastDescriptor: 2 };
  const [file, ...args] = launchArguments(chain);
  const { status, stdout } = spawnSync(file!, args, { encoding: "utf8", env: {} });
  expect(status).toBe(126);
  expect(stdout).toBe("");
});

test("a program that is gone stops the launch", () => {
  const chain = { ...CHAIN, cgroups: [], enter: ["/nowhere/nsenter"], lastDescriptor: 2 };
  const [file, ...args] = launchArguments(chain);
  expect(spawnSync(file!, args, { env: {} }).status).toBe(127);
});
