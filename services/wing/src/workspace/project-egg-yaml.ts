import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readPlainFile } from "../identity/private-file.ts";
import { holdsGit } from "./folder.ts";

/** The largest egg.yaml that is read; the same limit as for one that a person hands over. */
export const MAX_EGG_YAML_BYTES = 262_144;
/** How many folders up a project's egg.yaml is looked for. */
const MAX_LEVELS = 32;

/** A project's own egg.yaml. */
export interface ProjectEggYaml {
  readonly path: string;
  readonly text: string;
}

/**
 * The egg.yaml nearest to a folder, in it or above it as far as the top of its git working tree; without a repository
 * only the folder itself is looked at.
 */
export async function findProjectEggYaml(folder: string): Promise<ProjectEggYaml | undefined> {
  for (const level of await levelsOf(folder)) {
    const path = join(level, "egg.yaml");
    if (await isFolder(path)) continue;
    const text = await readPlainFile(path, { maxBytes: MAX_EGG_YAML_BYTES });
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** A running egg keeps its agent from writing a missing egg.yaml by an empty folder of that name. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function levelsOf(folder: string): Promise<string[]> {
  const levels: string[] = [];
  for (let level = folder; levels.length < MAX_LEVELS; level = dirname(level)) {
    levels.push(level);
    if (await holdsGit(level)) return levels;
    if (level === dirname(level)) break;
  }
  return [folder];
}
