import { expect, test } from "vitest";
import { type EnforcementFacts, reportEnforcement } from "./enforcement-report.ts";

const BEST: EnforcementFacts = {
  host: {
    isRoot: false,
    bubblewrapVersion: "0.10.0",
    features: { bindByDescriptor: true, disableUserNamespaces: true, sizedMemory: true },
  },
  ceilings: { cpuSeconds: 1n, memoryBytes: 4n * 2n ** 30n, maxFds: 1, maxPids: 1 },
  controllers: ["memory", "pids"],
  hidden: 0,
};

const report = (facts: Partial<EnforcementFacts>) =>
  Object.fromEntries(
    reportEnforcement({ ...BEST, ...facts }).map(({ area, tier, reason }) => [area, { tier, reason }]),
  );

test("the best tier of every area needs no reason", () => {
  expect(report({})).toEqual({
    filesystem: { tier: "bubblewrap", reason: "" },
    syscalls: { tier: "seccomp", reason: "" },
    limits: { tier: "cgroup", reason: "" },
    tty: { tier: "seccomp", reason: "" },
  });
});

test("running as root is said, with what was hidden for it", () => {
  const { filesystem } = report({ host: { ...BEST.host, isRoot: true }, hidden: 38 });
  expect(filesystem?.reason).toMatch(/runs as root: it keeps root's uid without any capability, and 38 paths/);
});

test("an older bubblewrap is said in the areas that it weakens", () => {
  const features = { bindByDescriptor: false, disableUserNamespaces: false, sizedMemory: true };
  const { filesystem, syscalls } = report({ host: { ...BEST.host, bubblewrapVersion: "0.6.1", features } });
  expect(filesystem?.reason).toContain("bubblewrap 0.6.1 cannot bind by descriptor");
  expect(syscalls?.reason).toContain("cannot switch user namespaces off");
});

test("without a cgroup memory is said to be counted for each process", () => {
  expect(report({ controllers: [] })["limits"]).toEqual({
    tier: "rlimits",
    reason: expect.stringContaining("memory is counted for each process (4096 MB of data)"),
  });
});

test("without a cgroup root's processes are said not to be limited", () => {
  const { limits } = report({ controllers: [], host: { ...BEST.host, isRoot: true } });
  expect(limits?.reason).toContain("the kernel does not count processes of root");
});
