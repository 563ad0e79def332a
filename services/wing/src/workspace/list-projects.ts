import { opendir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@wingthing/service-runtime/clock";
import { describeFolder, type Folder, holdsGit } from "./folder.ts";
import { type Roots, realFolder } from "./roots.ts";

/** Folders in one answer. */
export const MAX_PROJECTS = 100;
/** How far below a root repositories are looked for: ~/src/host/org/repo. */
export const MAX_DEPTH = 4;
/** Folders that are opened in one search. */
const MAX_FOLDERS_READ = 2_000;
/** Entries of one folder that are looked at. */
const MAX_ENTRIES_READ = 2_000;
/** A person waits for this list; on a slow disk it is cut short. */
const SEARCH_MS = 500;

/** Folders that hold other people's code or no code at all. */
const SKIPPED: readonly string[] = [
  "node_modules",
  "vendor",
  "target",
  "dist",
  "build",
  "Library",
  "snap",
  "lost+found",
];

/** What a search needs. */
export interface ProjectSearch {
  readonly roots: Roots;
  /** Latest first. */
  readonly recent: readonly string[];
  readonly clock: Clock;
}

/** Folders that were used lately and still exist, then git repositories below the roots, nearest first. */
export async function listProjects({ roots, recent, clock }: ProjectSearch): Promise<Folder[]> {
  const found = new Map<string, Folder>();
  for (const path of recent) {
    const real = await realFolder(path);
    if (real !== undefined && (await roots.holds(real))) found.set(path, await describeFolder(path, true));
  }
  const until = clock.monotonicMs() + SEARCH_MS;
  const inTime = () => clock.monotonicMs() < until && found.size < MAX_PROJECTS;
  for await (const path of repositoriesBelow(await roots.realPaths(), inTime)) {
    if (!found.has(path) && (await roots.holds(path))) found.set(path, await describeFolder(path, false));
  }
  return [...found.values()].slice(0, MAX_PROJECTS);
}

/** Breadth first, so that a deep tree hides no repository near the top. Symbolic links are not followed. */
async function* repositoriesBelow(roots: readonly string[], inTime: () => boolean): AsyncGenerator<string> {
  let level = [...new Set(roots)];
  let read = 0;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      if (++read > MAX_FOLDERS_READ || !inTime()) return;
      if (await holdsGit(folder)) yield folder;
      else below.push(...(await subfolders(folder)));
    }
    level = below;
  }
}

async function subfolders(folder: string): Promise<string[]> {
  const paths: string[] = [];
  let read = 0;
  try {
    for await (const entry of await opendir(folder)) {
      if (++read > MAX_ENTRIES_READ) break;
      if (entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.includes(entry.name)) {
        paths.push(join(folder, entry.name));
      }
    }
  } catch {
    // A folder that cannot be listed has no projects.
  }
  return paths.sort();
}
