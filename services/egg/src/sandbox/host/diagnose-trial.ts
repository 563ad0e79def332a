import type { EnforcementGap } from "../not-enforceable.ts";

/** What is known when the trial sandbox could not be built. */
export interface TrialFacts {
  readonly stderr: string;
  /** kernel.apparmor_restrict_unprivileged_userns is 1 (Ubuntu 23.10 and later). */
  readonly apparmorRestricts: boolean;
  /** kernel.unprivileged_userns_clone is 0 (older Debian, hardened kernels). */
  readonly userNamespacesOff: boolean;
  /** user.max_user_namespaces is 0 (RHEL 7, hardened hosts). */
  readonly userNamespacesZero: boolean;
  readonly inContainer: boolean;
}

/** What bubblewrap said is one line; more than this is no message of its own. */
const MAX_SAID_CHARACTERS = 300;

/** The gap behind a failed trial, with the command that closes it. */
export function diagnoseTrial(facts: TrialFacts): EnforcementGap {
  const said = facts.stderr.trim().slice(0, MAX_SAID_CHARACTERS);
  if (/unrecognized option|invalid option|default-signal/.test(said)) {
    return gap(
      "tty",
      `"env" does not know --default-signal (${said})`,
      "Run: sudo apt-get install coreutils (8.31 or newer)",
    );
  }
  if (/seccomp/i.test(said)) {
    return gap(
      "syscalls",
      `the kernel takes no filter (${said})`,
      "Use a kernel that is built with CONFIG_SECCOMP_FILTER",
    );
  }
  if (/prlimit/.test(said)) return gap("limits", said, "Run: sudo apt-get install util-linux");
  return namespaceGap(facts, said);
}

function namespaceGap(facts: TrialFacts, said: string): EnforcementGap {
  const found = (why: string) => `bubblewrap may not make namespaces: ${why} (${said})`;
  if (facts.userNamespacesZero) {
    return gap(
      "filesystem",
      found("user.max_user_namespaces is 0"),
      "Run: sudo sysctl -w user.max_user_namespaces=15000",
    );
  }
  if (facts.userNamespacesOff) {
    return gap(
      "filesystem",
      found("kernel.unprivileged_userns_clone is 0"),
      "Run: sudo sysctl -w kernel.unprivileged_userns_clone=1",
    );
  }
  if (facts.apparmorRestricts) {
    return gap(
      "filesystem",
      found("AppArmor restricts user namespaces, and no profile allows them to bubblewrap"),
      "Run: sudo apt-get install apparmor-profiles && sudo cp /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict",
    );
  }
  if (facts.inContainer) {
    return gap(
      "filesystem",
      found("the container forbids it"),
      "Start the container with: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined",
    );
  }
  return gap(
    "filesystem",
    found("the kernel refused"),
    "Run: bwrap --unshare-user --ro-bind / / true   and look at what it says",
  );
}

function gap(area: EnforcementGap["area"], found: string, remedy: string): EnforcementGap {
  return { area, found, remedy };
}
