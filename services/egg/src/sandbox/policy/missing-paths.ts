import { WhenMissing } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { AccessTable } from "@wingthing/egg-config/access-table";
import type { HostFiles } from "../host/host-files.ts";
import { parentOf } from "../host/real-path.ts";
import type { PathRule } from "./path-rule.ts";

/** Mode of a placeholder folder: by its sticky bit it can be told from a person's own, which never has one. */
export const PLACEHOLDER_FOLDER_MODE = 0o1755;

/** Mode of a placeholder file, which besides holds a text that we know. */
export const PLACEHOLDER_FILE_MODE = 0o444;

/** Something that must be made on the host before the sandbox can be mounted. */
export interface PathToMake {
  readonly path: string;
  readonly kind: "file" | "folder";
  /** Text of a file. */
  readonly text: string;
  /** A placeholder: removed again when the sandbox is released. What an agent keeps its state in stays. */
  readonly temporary: boolean;
}

/** The rules that hold, with what must be made for them. */
export interface MissingPlan {
  readonly rules: readonly PathRule[];
  readonly make: readonly PathToMake[];
}

/**
 * A mount needs something to be mounted on. For each rule whose path is missing this decides: drop the rule, make the
 * path, or make a placeholder so that the agent cannot.
 */
export function planMissing(all: readonly PathRule[], files: HostFiles): MissingPlan {
  const table = new AccessTable(all.filter((rule) => rule.kind !== "missing"));
  const make = new Map<string, PathToMake>();
  const rules = all.flatMap((rule): PathRule[] => {
    if (isPlaceholder(rule, files)) make.set(rule.path, placeholder(rule));
    if (rule.kind !== "missing") return [rule];
    const wanted = wantedPath(rule, table, files);
    if (wanted === undefined) return [];
    for (const parent of missingParents(rule.path, files)) {
      if (!make.has(parent)) make.set(parent, { path: parent, kind: "folder", text: "", temporary: wanted.temporary });
    }
    if (!make.has(rule.path)) make.set(rule.path, wanted);
    return [{ ...rule, kind: make.get(rule.path)?.kind ?? wanted.kind }];
  });
  return { rules, make: [...make.values()] };
}

function wantedPath(rule: PathRule, table: AccessTable<PathRule>, files: HostFiles): PathToMake | undefined {
  const { path } = rule;
  const folder = existingFolder(path, files);
  // What this account cannot make, the agent, which is the same account, cannot make either.
  if (!files.isWritable(folder)) return undefined;
  switch (rule.whenMissing) {
    case WhenMissing.CREATE_FOLDER:
      return { path, kind: "folder", text: "", temporary: false };
    case WhenMissing.CREATE_FILE:
      return { path, kind: "file", text: path.endsWith(".json") ? "{}\n" : "", temporary: false };
    case WhenMissing.UNSPECIFIED:
      return rule.write || !isOpen(folder, table) ? undefined : placeholder(rule);
    default:
      return undefined;
  }
}

/** An empty folder: git does not track it, no program reads it for a file, and rmdir never removes anything else. */
function placeholder({ path, placeholderText }: PathRule): PathToMake {
  const kind = placeholderText === undefined ? "folder" : "file";
  return { path, kind, text: placeholderText ?? "", temporary: true };
}

/** One that another sandbox has made, or left behind when its egg died: shared, so that the last user removes it. */
function isPlaceholder(rule: PathRule, files: HostFiles): boolean {
  const { path, kind, whenMissing, write, placeholderText } = rule;
  if (whenMissing !== WhenMissing.UNSPECIFIED || write) return false;
  const mode = files.facts(path)?.mode;
  if (placeholderText === undefined) {
    return kind === "folder" && mode === PLACEHOLDER_FOLDER_MODE && files.names(path).length === 0;
  }
  return kind === "file" && mode === PLACEHOLDER_FILE_MODE && files.text(path) === placeholderText;
}

/** Whether the agent may write in a folder of the host. */
function isOpen(folder: string, table: AccessTable<PathRule>): boolean {
  const { allowed, rule } = table.decide(folder, "write");
  return allowed && rule?.private !== true;
}

/** The nearest folder above a path that exists. */
function existingFolder(path: string, files: HostFiles): string {
  return parentOf(missingParents(path, files)[0] ?? path);
}

/** The folders above a path that do not exist either, the highest first. */
function missingParents(path: string, files: HostFiles): string[] {
  const parent = parentOf(path);
  if (parent === "/" || files.facts(parent) !== undefined) return [];
  return [...missingParents(parent, files), parent];
}
