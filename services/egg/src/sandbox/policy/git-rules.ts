import { WhenMissing } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { HostFiles } from "../host/host-files.ts";
import { NotEnforceableError } from "../not-enforceable.ts";
import { type PathRule, pathRule } from "./path-rule.ts";

/** Submodules and linked worktrees of one repository; each costs four mounts. */
export const MAX_GIT_FOLDERS = 64;

/** Names of submodules may have slashes; deeper ones than this were never seen. */
const MAX_MODULE_DEPTH = 6;

/** Text of `.git/commondir` that leaves everything where it is. */
const SAME_FOLDER = ".\n";

/**
 * Rules that keep a writable repository from running code on the host later: agents must commit, so `.git` is writable,
 * but hooks, configuration and the files that say where those are stay as they are. `.git` itself is pinned by the mount
 * plan, because moving it away would leave these rules behind.
 */
export function gitRules(root: string, files: HostFiles): PathRule[] {
  const git = `${root === "/" ? "" : root}/.git`;
  const facts = files.facts(git);
  if (facts === undefined) return [];
  // A file says where the repository is; a link is one too. Replaced, either would lead the host's git elsewhere.
  if (facts.kind !== "folder") return [readOnly(git, files)];
  const modules = findModules(`${git}/modules`, files);
  const worktrees = files.names(`${git}/worktrees`).map((name) => `${git}/worktrees/${name}`);
  if (modules.length + worktrees.length > MAX_GIT_FOLDERS) {
    throw new NotEnforceableError({
      area: "filesystem",
      found: `${git} has ${modules.length + worktrees.length} submodules and worktrees, and at most ${MAX_GIT_FOLDERS} can be protected`,
      remedy: "Close the repository in egg.yaml:  fs: [deny-write:./.git]",
    });
  }
  return [
    ...[git, ...modules].flatMap((folder) => repositoryRules(folder, files)),
    ...worktrees.flatMap((folder) =>
      ["commondir", "gitdir", "config.worktree"].map((name) => readOnly(`${folder}/${name}`, files)),
    ),
  ];
}

function repositoryRules(folder: string, files: HostFiles): PathRule[] {
  const perWorktree = /worktreeconfig/i.test(files.text(`${folder}/config`));
  return [
    readOnly(`${folder}/hooks`, files, { missing: "folder" }),
    readOnly(`${folder}/info`, files, { missing: "folder" }),
    readOnly(`${folder}/config`, files, { missing: "" }),
    readOnly(`${folder}/commondir`, files, { missing: SAME_FOLDER }),
    // Read by git only when the configuration, which is closed, says so.
    ...(perWorktree ? [readOnly(`${folder}/config.worktree`, files, { missing: "" })] : []),
  ];
}

/** `missing` is what stands there when git has made nothing: a folder, or a file with this text. */
function readOnly(path: string, files: HostFiles, options?: { readonly missing: "folder" | string }): PathRule {
  const text = options === undefined || options.missing === "folder" ? undefined : options.missing;
  return pathRule(path, files, {
    source: "built-in: git on the host would run it",
    whenMissing: options === undefined ? WhenMissing.IGNORE : WhenMissing.UNSPECIFIED,
    ...(text === undefined ? {} : { placeholderText: text }),
  });
}

/** Repositories of submodules, nested ones included. */
function findModules(folder: string, files: HostFiles, depth = MAX_MODULE_DEPTH): string[] {
  if (depth === 0) return [];
  return files.names(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (files.facts(path)?.kind !== "folder") return [];
    if (files.facts(`${path}/HEAD`) === undefined) return findModules(path, files, depth - 1);
    return [path, ...findModules(`${path}/modules`, files, depth - 1)];
  });
}
