import type { Dirent } from "node:fs";
import { opendir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describeFolder, type Folder } from "./folder.ts";
import { isInside, type Roots, realFolder } from "./roots.ts";

/** Folders in one answer: more than fit on a screen. */
export const MAX_COMPLETIONS = 50;
/** Entries that are looked at in one folder; a mail spool or a package store has more, and a person types on. */
const MAX_ENTRIES_READ = 10_000;

/** What a typed path may become. */
export interface Completion {
  /** By name. */
  readonly folders: readonly Folder[];
  /** There are more than are listed. */
  readonly truncated: boolean;
}

/**
 * Folders that a typed path may become. Above the roots only the way to them is shown, outside nothing; a symbolic
 * link is offered only when it leads to a place inside.
 * @throws PathNotAbsoluteError.
 */
export async function completePath(prefix: string, roots: Roots): Promise<Completion> {
  const { folder, begun } = splitPrefix(prefix, roots);
  const real = await realFolder(folder);
  if (real === undefined) return { folders: [], truncated: false };
  if (!(await roots.holds(real))) return wayToRoots(folder, begun, roots);
  const { names, truncated } = await readNames(folder, begun);
  const folders: Folder[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const target = await realFolder(path);
    if (target === undefined || !(await roots.holds(target))) continue;
    if (folders.length === MAX_COMPLETIONS) return { folders, truncated: true };
    folders.push(await describeFolder(path, false));
  }
  return { folders, truncated };
}

/** "~/pro" is the home folder and "pro"; "/srv/" is that folder and an empty beginning. */
function splitPrefix(prefix: string, roots: Roots): { folder: string; begun: string } {
  if (prefix === "" || prefix === "~") return { folder: roots.home, begun: "" };
  const path = roots.absolute(prefix);
  if (prefix.endsWith("/")) return { folder: path, begun: "" };
  // "/." and "/.." are begun hidden names here, not folders.
  const typed = prefix.slice(prefix.lastIndexOf("/") + 1);
  if (typed === "." || typed === "..") return { folder: roots.absolute(prefix.slice(0, -typed.length)), begun: typed };
  return { folder: dirname(path), begun: basename(path) };
}

async function wayToRoots(folder: string, begun: string, roots: Roots): Promise<Completion> {
  const steps = roots.paths.flatMap((root) => {
    if (root === folder || !isInside(root, folder)) return [];
    const next = root.slice(folder === "/" ? 1 : folder.length + 1).split("/")[0] ?? "";
    return fits(next, begun) ? [join(folder, next)] : [];
  });
  const folders = await Promise.all([...new Set(steps)].sort().map((path) => describeFolder(path, false)));
  return { folders: folders.slice(0, MAX_COMPLETIONS), truncated: folders.length > MAX_COMPLETIONS };
}

async function readNames(folder: string, begun: string): Promise<{ names: string[]; truncated: boolean }> {
  const names: string[] = [];
  let read = 0;
  try {
    for await (const entry of await opendir(folder)) {
      if (++read > MAX_ENTRIES_READ) break;
      if (mayBeFolder(entry) && fits(entry.name, begun)) names.push(entry.name);
    }
  } catch {
    // A folder that cannot be listed offers nothing.
  }
  return { names: names.sort((a, b) => a.localeCompare(b)), truncated: read > MAX_ENTRIES_READ };
}

function mayBeFolder(entry: Dirent): boolean {
  return entry.isDirectory() || entry.isSymbolicLink();
}

/** Hidden folders are offered only to somebody who began to type their dot. */
function fits(name: string, begun: string): boolean {
  if (name.startsWith(".") && !begun.startsWith(".")) return false;
  return name.toLowerCase().startsWith(begun.toLowerCase());
}
