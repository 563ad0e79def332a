import { create } from "@bufbuild/protobuf";
import { type Enforcement, EnforcementSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { SandboxHost } from "./host/probe.ts";
import type { Ceilings } from "./limits/ceilings.ts";
import type { Controller } from "./limits/cgroup.ts";

/** What the report is about. */
export interface EnforcementFacts {
  readonly host: Pick<SandboxHost, "isRoot" | "features" | "bubblewrapVersion">;
  readonly ceilings: Ceilings;
  /** What a cgroup of the egg counts; empty without one. */
  readonly controllers: readonly Controller[];
  /** Paths that are hidden because root could read them. */
  readonly hidden: number;
}

/** How strongly each area is enforced, and why not more strongly. The gateway reports the network. */
export function reportEnforcement(facts: EnforcementFacts): readonly Enforcement[] {
  return [
    area("filesystem", "bubblewrap", filesystemReasons(facts)),
    area("syscalls", "seccomp", syscallReasons(facts)),
    limitsReport(facts),
    area("tty", "seccomp", []),
  ];
}

function filesystemReasons({ host, hidden }: EnforcementFacts): string[] {
  const root = `the egg runs as root: it keeps root's uid without any capability, and ${hidden} paths that only root may read are hidden; an ordinary account needs neither`;
  const swap = `bubblewrap ${host.bubblewrapVersion} cannot bind by descriptor: a folder that is swapped within the milliseconds of a start is not noticed; 0.10 can`;
  return [...(host.isRoot ? [root] : []), ...(host.features.bindByDescriptor ? [] : [swap])];
}

function syscallReasons({ host }: EnforcementFacts): string[] {
  if (host.features.disableUserNamespaces) return [];
  return [
    `bubblewrap ${host.bubblewrapVersion} cannot switch user namespaces off; the filter alone refuses them; 0.8 can`,
  ];
}

function limitsReport({ host, ceilings, controllers }: EnforcementFacts): Enforcement {
  const megabytes = ceilings.memoryBytes / 2n ** 20n;
  const memory = `memory is counted for each process (${megabytes} MB of data), not for the whole egg`;
  const processes = host.isRoot
    ? "the kernel does not count processes of root, so their number is not limited"
    : undefined;
  const reasons = [
    ...(controllers.includes("memory") ? [] : [memory]),
    ...(controllers.includes("pids") || processes === undefined ? [] : [processes]),
  ];
  const remedy =
    reasons.length === 0 ? [] : ["a delegated cgroup, as in a systemd user session, would count the whole egg"];
  return area("limits", controllers.length === 0 ? "rlimits" : "cgroup", [...reasons, ...remedy]);
}

function area(name: string, tier: string, reasons: readonly string[]): Enforcement {
  return create(EnforcementSchema, { area: name, tier, reason: reasons.join("; ") });
}
