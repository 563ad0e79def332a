import { equals } from "@bufbuild/protobuf";
import {
  FsMode,
  type FsRule,
  FsRuleSchema,
  type Limits,
  type NetworkRule,
  type ResolvedEggConfig,
  WhenMissing,
} from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";

/** How each mode is written in egg.yaml. */
const MODE_WORDS: Readonly<Record<FsMode, string>> = {
  [FsMode.UNSPECIFIED]: "unknown",
  [FsMode.READ_WRITE]: "rw",
  [FsMode.READ_ONLY]: "ro",
  [FsMode.DENY]: "deny",
  [FsMode.DENY_WRITE]: "deny-write",
};

/**
 * What a project's egg.yaml opens, one line each; empty when it only restricts. The comparison is on the rules as they
 * are written, since a path of a project may be a symbolic link to anywhere: a project may add `deny` rules and lower
 * limits, and every other difference counts as loosening, even one that would change nothing.
 */
export function loosenedBy(base: ResolvedEggConfig, project: ResolvedEggConfig): string[] {
  return [
    ...loosenedPaths(base.fs, project.fs),
    ...addedTo(base.network.flatMap(destinations), project.network.flatMap(destinations), "network"),
    ...addedTo(base.env, project.env, "env"),
    ...addedTo(base.hostPorts.map(String), project.hostPorts.map(String), "host port"),
    ...raisedLimits(base.limits, project.limits),
    ...(project.dangerouslySkipPermissions && !base.dangerouslySkipPermissions ? ["dangerously_skip_permissions"] : []),
    ...(project.agentSettings !== base.agentSettings ? [`agent_settings ${project.agentSettings}`] : []),
    ...(base.audit && !project.audit ? ["without audit"] : []),
  ];
}

/** All rules of the base must follow each other as before; between them a project may put `deny` and nothing else. */
function loosenedPaths(base: readonly FsRule[], project: readonly FsRule[]): string[] {
  const loosened: string[] = [];
  let matched = 0;
  for (const rule of project) {
    const expected = base[matched];
    if (expected !== undefined && sameRule(expected, rule)) matched += 1;
    else if (!restricts(rule)) loosened.push(ruleText(rule));
  }
  return [...loosened, ...base.slice(matched).map((rule) => `without ${ruleText(rule)}`)];
}

function sameRule(a: FsRule, b: FsRule): boolean {
  return equals(FsRuleSchema, { ...a, source: "" }, { ...b, source: "" });
}

function restricts({ mode, whenMissing }: FsRule): boolean {
  const creates = whenMissing === WhenMissing.CREATE_FOLDER || whenMissing === WhenMissing.CREATE_FILE;
  return mode === FsMode.DENY && !creates;
}

function ruleText({ mode, path }: FsRule): string {
  return `${MODE_WORDS[mode]}:${path}`;
}

function destinations({ host, ports }: NetworkRule): string[] {
  return ports.length === 0 ? [host] : ports.map((port) => `${host}:${port}`);
}

function addedTo(base: readonly string[], project: readonly string[], kind: string): string[] {
  return project.filter((item) => !base.includes(item)).map((item) => `${kind} ${item}`);
}

function raisedLimits(base: Limits | undefined, project: Limits | undefined): string[] {
  const limits = [
    ["cpu", base?.cpuSeconds, project?.cpuSeconds],
    ["memory", base?.memoryBytes, project?.memoryBytes],
    ["max_fds", base?.maxFds, project?.maxFds],
    ["max_pids", base?.maxPids, project?.maxPids],
  ] as const;
  return limits.flatMap(([name, before = 0, after = 0]) =>
    // Zero stands for the egg's default, which is not known here: a figure in its place may be higher.
    BigInt(after) === BigInt(before) || (BigInt(after) > 0n && BigInt(after) < BigInt(before))
      ? []
      : [`${name} ${after}`],
  );
}
