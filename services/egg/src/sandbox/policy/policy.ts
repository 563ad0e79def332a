import { FsMode, type ResolvedEggConfig } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { AccessTable, type FsDecision, type FsOperation } from "@wingthing/egg-config/access-table";
import { isAtOrBelow } from "@wingthing/egg-config/egg-path";
import type { HostFiles } from "../host/host-files.ts";
import { parentOf, resolveRealPath } from "../host/real-path.ts";
import { checkWorkingFolder } from "../host/working-folder.ts";
import { NotEnforceableError } from "../not-enforceable.ts";
import { gitRules } from "./git-rules.ts";
import { type PathToMake, planMissing } from "./missing-paths.ts";
import { type PathRule, pathRule, pathRuleOf } from "./path-rule.ts";

/** What a policy is made of; nothing else of the host is looked at. */
export interface PolicyInput {
  readonly config: ResolvedEggConfig;
  readonly cwd: string;
  readonly home: string;
  /** The egg's own folder; closed. */
  readonly eggDir: string;
  readonly files: HostFiles;
  /** Real paths of sockets of the host's programs, to be covered. */
  readonly sockets: readonly string[];
  /** Paths that only root may read, to be hidden; empty for an ordinary account. */
  readonly rootSecrets: readonly string[];
  /** Sockets that the person passes in by name (`env: [SSH_AUTH_SOCK]`). */
  readonly openSockets: readonly string[];
}

/** Folders of every system that programs write to: the egg gets its own, in memory. */
const PRIVATE_FOLDERS: readonly string[] = ["/run", "/tmp", "/var/tmp"];

/** A host with more sockets in sight is a server of many services; each costs a mount. */
export const MAX_COVERED_SOCKETS = 256;

/**
 * What the agent may do with which path: ordered rules on real paths, and the one decision about a path that every
 * backend must print. Made once for each start.
 */
export class SandboxPolicy {
  /** Working folder and home, as they really are. */
  readonly cwd: string;
  readonly home: string;
  /** In the order of precedence; every path exists or will be made. */
  readonly rules: readonly PathRule[];
  /** What must be made on the host before the mounts. */
  readonly make: readonly PathToMake[];
  readonly #table: AccessTable<PathRule>;

  private constructor(made: { cwd: string; home: string; rules: readonly PathRule[]; make: readonly PathToMake[] }) {
    this.cwd = made.cwd;
    this.home = made.home;
    this.rules = made.rules;
    this.make = made.make;
    this.#table = new AccessTable(made.rules);
  }

  /**
   * @throws WorkingFolderError when the working folder cannot be opened.
   * @throws NotEnforceableError when a rule cannot be held.
   */
  static build(input: PolicyInput): SandboxPolicy {
    const cwd = resolveRealPath(input.cwd, input.files);
    const home = resolveRealPath(input.home, input.files).path;
    const all = collectRules(input);
    const deniedBy = denialOf(cwd.path, home, all);
    checkWorkingFolder({ cwd: cwd.path, kind: cwd.kind, home, deniedBy });
    const { rules, make } = planMissing(all, input.files);
    const policy = new SandboxPolicy({ cwd: cwd.path, home, rules, make });
    for (const rule of rules) policy.#refuseMovable(rule);
    return policy;
  }

  /** Decides about a real path, and says which rule decided. */
  decide(path: string, operation: FsOperation): FsDecision<PathRule> {
    return this.#table.decide(path, operation);
  }

  /**
   * A link in a folder that the agent may write can be replaced by the agent, in this session or in an earlier one; a
   * rule that goes through it would then hold somewhere else. Denials stay: they only cover more. A person who names the
   * target itself has accepted that, and the rule that goes through the link no longer counts.
   */
  #refuseMovable(rule: PathRule): void {
    if (rule.read === false || this.rules.findLast((other) => other.path === rule.path) !== rule) return;
    for (const link of rule.links) {
      const decision = this.decide(parentOf(link), "write");
      if (!decision.allowed || decision.rule?.private === true) continue;
      throw new NotEnforceableError({
        area: "filesystem",
        found: `${link} is a symbolic link in a folder that the agent may write, and the rule for ${rule.declared} (${rule.source}) goes through it`,
        remedy: `Replace the link by what it points to, or accept it by a rule for its target in ~/.wingthing/egg.yaml:  fs: ["ro:${rule.path}"]`,
      });
    }
  }
}

/** Least precedence first, for rules on the same path: the host's facts, then what the person wrote, then what is locked. */
function collectRules(input: PolicyInput): PathRule[] {
  const { files } = input;
  const home = resolveRealPath(input.home, files).path;
  const declared = input.config.fs.map((rule) => pathRuleOf(rule, files));
  const hidden = { read: false, write: false };
  const opened = { read: true, write: true };
  const rules = [
    ...PRIVATE_FOLDERS.map((path) =>
      pathRule(path, files, { ...opened, private: true, source: "built-in: the egg's own" }),
    ),
    ...input.rootSecrets
      .filter((path) => !isAtOrBelow(home, path))
      .map((path) => pathRule(path, files, { ...hidden, source: "built-in: for root alone" })),
    ...writableRoots(input).flatMap((root) => gitRules(root, files)),
    ...declared,
    ...input.openSockets.map((path) => pathRule(path, files, { ...opened, source: "env: a socket that you pass in" })),
    pathRule(input.eggDir, files, { ...hidden, locked: true, source: "built-in: the egg's own folder" }),
  ];
  return [...socketRules(input, rules), ...rules];
}

/** Folders that are opened for writing, as they really are: the places where a repository can be. */
function writableRoots({ config, files }: PolicyInput): readonly string[] {
  const roots = config.fs
    .filter((rule) => rule.mode === FsMode.READ_WRITE)
    .map((rule) => resolveRealPath(rule.path, files))
    .filter((real) => real.kind === "folder");
  return [...new Set(roots.map((real) => real.path))];
}

function socketRules(input: PolicyInput, rules: readonly PathRule[]): PathRule[] {
  const table = new AccessTable(rules);
  const visible = input.sockets.filter((path) => {
    const { allowed, rule } = table.decide(path, "read");
    return allowed && rule?.private !== true;
  });
  if (visible.length > MAX_COVERED_SOCKETS) {
    throw new NotEnforceableError({
      area: "filesystem",
      found: `${visible.length} sockets of host programs would be visible, and at most ${MAX_COVERED_SOCKETS} can be covered`,
      remedy: "Deny the folders that hold them in egg.yaml, as in  fs: [deny:/var/lib/services]",
    });
  }
  return visible.map((path) =>
    pathRule(path, input.files, { read: false, write: false, source: "built-in: a socket of a host program" }),
  );
}

/**
 * Who closes the working folder, when the rule that opens that very folder is left aside. A denial of the whole home is no word
 * about a project in it: that is how a person turns the home into a list of what is allowed.
 */
function denialOf(cwd: string, home: string, rules: readonly PathRule[]): string | undefined {
  const opensIt = (rule: PathRule) => rule.path === cwd && rule.write;
  const speaking = rules.filter((rule) => rule.locked || (!opensIt(rule) && !isAtOrBelow(home, rule.path)));
  const { allowed, rule } = new AccessTable(speaking).decide(cwd, "read");
  return allowed || rule === undefined ? undefined : `${rule.source}: ${rule.path}`;
}
