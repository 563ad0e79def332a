import type { NetworkRule, ResolvedEggConfig } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { AccessTable, accessRuleOf, type FsOperation } from "./access-table.ts";
import { DEFAULT_LIMITS } from "./default-limits.ts";

/** One thing that a sandbox allows and another one does not. */
export interface Loosening {
  readonly area: "fs" | "network" | "env" | "permissions" | "limits";
  /** What becomes possible, for people: "write /home/ada/notes". */
  readonly allows: string;
  /** The rule that allows it, as in "egg.yaml:4"; empty where no single line does. */
  readonly source: string;
}

/** Ports that a rule without ports stands for. */
const DEFAULT_PORTS: readonly number[] = [443, 80];

/**
 * What `after` allows and `before` does not. A project's egg.yaml came with a clone: when it loosens anything, it may
 * only take effect after a person agreed.
 */
export function findLoosenings(before: ResolvedEggConfig, after: ResolvedEggConfig): readonly Loosening[] {
  return [
    ...fsLoosenings(before, after),
    ...networkLoosenings(before, after),
    ...added(before.env, after.env).map((name) => loosening("env", `see the variable ${name}`)),
    ...permissionLoosenings(before, after),
    ...limitLoosenings(before, after),
  ];
}

function loosening(area: Loosening["area"], allows: string, source = ""): Loosening {
  return { area, allows, source };
}

function added<T>(before: readonly T[], after: readonly T[]): T[] {
  const known = new Set(before);
  return after.filter((entry) => !known.has(entry));
}

/** Decisions only change at the paths that rules name, so those are all that must be compared. */
function fsLoosenings(before: ResolvedEggConfig, after: ResolvedEggConfig): Loosening[] {
  const narrow = new AccessTable(before.fs.map(accessRuleOf));
  const wide = new AccessTable(after.fs.map(accessRuleOf));
  const operations: readonly FsOperation[] = ["read", "write"];
  return [...new Set([...narrow.paths, ...wide.paths])].flatMap((path) =>
    operations.flatMap((operation) => {
      const decision = wide.decide(path, operation);
      if (!decision.allowed || narrow.decide(path, operation).allowed) return [];
      return [loosening("fs", `${operation} ${path}`, decision.rule?.source)];
    }),
  );
}

function networkLoosenings(before: ResolvedEggConfig, after: ResolvedEggConfig): Loosening[] {
  const hosts = after.network
    .filter((rule) => portsOf(rule).some((port) => !before.network.some((known) => covers(known, rule.host, port))))
    .map((rule) => loosening("network", `reach ${rule.host} on ${portsOf(rule).join(" and ")}`, rule.source));
  const ports = added(before.hostPorts, after.hostPorts).map((port) =>
    loosening("network", `reach port ${port} of this machine`),
  );
  return [...hosts, ...ports];
}

function portsOf(rule: NetworkRule): readonly number[] {
  return rule.ports.length === 0 ? DEFAULT_PORTS : rule.ports;
}

function covers(rule: NetworkRule, host: string, port: number): boolean {
  if (!portsOf(rule).includes(port)) return false;
  if (rule.host === "*" || rule.host === host) return true;
  return rule.host.startsWith("*.") && host.replace(/^\*/, "").endsWith(rule.host.slice(1));
}

function permissionLoosenings(before: ResolvedEggConfig, after: ResolvedEggConfig): Loosening[] {
  const skips = after.dangerouslySkipPermissions && !before.dangerouslySkipPermissions;
  const settings = after.agentSettings !== "" && after.agentSettings !== before.agentSettings;
  return [
    ...(skips ? [loosening("permissions", "act without asking")] : []),
    ...(settings ? [loosening("permissions", `use the agent settings ${after.agentSettings}`)] : []),
  ];
}

function limitLoosenings(before: ResolvedEggConfig, after: ResolvedEggConfig): Loosening[] {
  const known = ceilingsOf(before);
  return ceilingsOf(after).flatMap(({ what, most }, index) =>
    most > (known[index]?.most ?? 0) ? [loosening("limits", `use ${most} ${what}`)] : [],
  );
}

/** Effective ceilings, in a fixed order; no ceiling on memory but the host's own is more than any number. */
function ceilingsOf({ limits }: ResolvedEggConfig): readonly { readonly what: string; readonly most: number }[] {
  const set = (value: number | bigint | undefined, otherwise: number) => Number(value ?? 0) || otherwise;
  return [
    { what: "seconds of CPU", most: set(limits?.cpuSeconds, DEFAULT_LIMITS.cpuSeconds) },
    { what: "bytes of memory", most: set(limits?.memoryBytes, Number.POSITIVE_INFINITY) },
    { what: "open descriptors", most: set(limits?.maxFds, DEFAULT_LIMITS.maxFds) },
    { what: "processes", most: set(limits?.maxPids, DEFAULT_LIMITS.maxPids) },
  ];
}
