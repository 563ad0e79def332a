import { expect, test } from "vitest";
import { NotEnforceableError } from "../not-enforceable.ts";
import { diagnoseTrial, type TrialFacts } from "./diagnose-trial.ts";
import { probeHost, readFeatures } from "./probe.ts";

const FACTS: TrialFacts = {
  stderr: "bwrap: No permissions to create new namespace",
  apparmorRestricts: false,
  userNamespacesOff: false,
  userNamespacesZero: false,
  inContainer: false,
};

test.each<[string, Partial<TrialFacts>, string, RegExp]>([
  ["user.max_user_namespaces = 0", { userNamespacesZero: true }, "filesystem", /sysctl -w user.max_user_namespaces/],
  ["unprivileged_userns_clone = 0", { userNamespacesOff: true }, "filesystem", /unprivileged_userns_clone=1/],
  [
    "Ubuntu's AppArmor",
    { apparmorRestricts: true },
    "filesystem",
    /apt-get install apparmor-profiles.*bwrap-userns-restrict/,
  ],
  ["a container", { inContainer: true }, "filesystem", /--security-opt seccomp=unconfined/],
  ["something else", {}, "filesystem", /bwrap --unshare-user/],
  ["no seccomp", { stderr: "bwrap: prctl(PR_SET_SECCOMP): Invalid argument" }, "syscalls", /CONFIG_SECCOMP_FILTER/],
  ["an old env", { stderr: "env: unrecognized option '--default-signal=INT,QUIT'" }, "tty", /coreutils/],
  ["a broken prlimit", { stderr: "prlimit: failed to set the CORE resource limit" }, "limits", /util-linux/],
])("a trial that fails because of %s names the remedy", (_, facts, area, remedy) => {
  const gap = diagnoseTrial({ ...FACTS, ...facts });
  expect(gap.area).toBe(area);
  expect(gap.remedy).toMatch(remedy);
  expect(gap.found).toContain(facts.stderr ?? FACTS.stderr);
});

test("what bubblewrap said is quoted up to 300 characters", () => {
  expect(diagnoseTrial({ ...FACTS, stderr: "x".repeat(5_000) }).found.length).toBeLessThan(400);
});

const HELP = [
  ...["--args FD", "--cap-drop CAP", "--clearenv", "--die-with-parent", "--perms OCTAL", "--remount-ro DEST"],
  ...["--ro-bind-data FD DEST", "--seccomp FD", "--unshare-cgroup-try"],
]
  .map((option) => `    ${option}   text`)
  .join("\n");

test("an old bubblewrap does with less, and one that is too old is refused by what it lacks", () => {
  const less = { bindByDescriptor: false, disableUserNamespaces: false, sizedMemory: false };
  expect(readFeatures(HELP)).toEqual(less);
  expect(readFeatures(`${HELP}\n    --size BYTES  text\n    --disable-userns  text`)).toEqual({
    ...less,
    sizedMemory: true,
    disableUserNamespaces: true,
  });
  expect(() => readFeatures(HELP.replace("--perms OCTAL", "--chmod OCTAL"))).toThrow(NotEnforceableError);
  expect(() => readFeatures(HELP.replace("--perms OCTAL", "--chmod OCTAL"))).toThrow(/does not know --perms/);
});

test("this host can build a sandbox", async () => {
  const host = await probeHost();
  expect(host.bubblewrapVersion).toMatch(/^\d+\.\d+/);
  expect(host.filter.length % 8).toBe(0);
  expect(host.isRoot).toBe(process.geteuid?.() === 0);
});
