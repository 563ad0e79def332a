import type { FsRule } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { WhenMissing } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { type AccessRule, accessRuleOf } from "@wingthing/egg-config/access-table";
import type { HostFiles } from "../host/host-files.ts";
import { type RealPath, resolveRealPath } from "../host/real-path.ts";

/** What stands at a rule's path when the sandbox starts. */
type RuleKind = RealPath["kind"];

/** A rule about a real path of the host. */
export interface PathRule extends AccessRule {
  readonly kind: RuleKind;
  /** An empty folder in memory that is the egg's own stands here. */
  readonly private: boolean;
  /** What to do when nothing stands here. */
  readonly whenMissing: WhenMissing;
  /** What a placeholder holds; a placeholder without text is a folder. */
  readonly placeholderText?: string;
  /** Links that lead to the path, each by its own real path. */
  readonly links: readonly string[];
  /** The path as it was written. */
  readonly declared: string;
}

/** What a rule is made of, besides the path. */
export type RuleOptions = Partial<Omit<PathRule, "path" | "kind" | "links" | "declared">> & { readonly source: string };

/** A rule about a path that is still to be resolved. */
export function pathRule(path: string, files: HostFiles, options: RuleOptions): PathRule {
  const { path: real, kind, links } = resolveRealPath(path, files);
  return {
    write: false,
    locked: false,
    private: false,
    whenMissing: WhenMissing.IGNORE,
    ...options,
    path: real,
    kind,
    links,
    declared: path,
  };
}

/** A rule of the resolved egg.yaml. */
export function pathRuleOf(rule: FsRule, files: HostFiles): PathRule {
  const { path, ...access } = accessRuleOf(rule);
  return pathRule(path, files, { ...access, whenMissing: rule.whenMissing });
}
