import { selfAndAncestors } from "@wingthing/egg-config/access-table";
import { isAtOrBelow } from "@wingthing/egg-config/egg-path";
import { parentOf } from "../host/real-path.ts";
import type { SandboxPolicy } from "./policy.ts";

/** One mount of the agent's view, in the order in which they are made: a folder before what lies in it. */
export type Mount =
  /** The host's file or folder itself. */
  | {
      readonly kind: "host";
      readonly path: string;
      readonly file: "file" | "folder";
      readonly writable: boolean;
      /** The agent, now or in an earlier session, could have put something else there: bind by descriptor. */
      readonly swappable: boolean;
    }
  /** A folder in memory that the agent may fill. */
  | { readonly kind: "memory"; readonly path: string }
  /** Nothing can be read; `reopened` says that some of what lies in it can. */
  | { readonly kind: "hidden"; readonly path: string; readonly file: "file" | "folder"; readonly reopened: boolean };

/** What a path is like for the agent. */
interface View {
  readonly read: boolean;
  readonly write: boolean;
  readonly private: boolean;
}

const NO_VIEW: View = { read: false, write: false, private: false };

/** The mounts that make a policy true, as few as possible. */
export function planMounts(policy: SandboxPolicy): readonly Mount[] {
  const kinds = new Map<string, "file" | "folder">();
  for (const rule of policy.rules) kinds.set(rule.path, rule.kind === "folder" ? "folder" : "file");
  const changes = changedPaths(policy, kinds.keys());
  const pinned = pins(policy, changes);
  // A parent is a prefix of what lies in it, so text order is mount order.
  const paths = [...new Set([...changes, ...pinned])].sort();
  return paths.map((path) => mountFor(policy, path, { file: kinds.get(path) ?? "folder", paths }));
}

/** The paths at which the agent's view differs from the view of the folder around. */
function changedPaths(policy: SandboxPolicy, paths: Iterable<string>): string[] {
  return [...paths].filter((path) => {
    const here = viewOf(policy, path);
    const around = path === "/" ? NO_VIEW : viewOf(policy, parentOf(path));
    // Inside the egg's own folders there is nothing of the host that a rule could close.
    if (here.private && around.private) return false;
    return here.private !== around.private || here.read !== around.read || here.write !== around.write;
  });
}

/**
 * Folders that must not be renamed although the agent may write in the folder around them: a mount moves along with
 * its folder, and the old name would be free. A mount point cannot be renamed, so each becomes one.
 */
function pins(policy: SandboxPolicy, changes: readonly string[]): string[] {
  const found = new Set<string>();
  for (const change of changes) {
    for (const folder of selfAndAncestors(parentOf(change))) {
      if (folder !== "/" && isSwappable(policy, folder)) found.add(folder);
    }
  }
  return [...found];
}

/** Whether the agent may rename or replace what has this name, on the host. */
function isSwappable(policy: SandboxPolicy, path: string): boolean {
  const around = viewOf(policy, parentOf(path));
  return around.write && !around.private;
}

function mountFor(
  policy: SandboxPolicy,
  path: string,
  known: { file: "file" | "folder"; paths: readonly string[] },
): Mount {
  const view = viewOf(policy, path);
  if (!view.read) {
    const reopened = known.paths.some((other) => other !== path && isAtOrBelow(other, path));
    return { kind: "hidden", path, file: known.file, reopened };
  }
  if (view.private) return { kind: "memory", path };
  return {
    kind: "host",
    path,
    file: known.file,
    writable: view.write,
    swappable: view.write || isSwappable(policy, path),
  };
}

function viewOf(policy: SandboxPolicy, path: string): View {
  const read = policy.decide(path, "read");
  return {
    read: read.allowed,
    write: policy.decide(path, "write").allowed,
    private: read.rule?.private ?? false,
  };
}
