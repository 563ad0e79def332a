import { lstat } from "node:fs/promises";
import { basename, join } from "node:path";

/** A folder as it is offered to a person. */
export interface Folder {
  /** Absolute path. */
  readonly path: string;
  /** Last part of the path. */
  readonly name: string;
  /** Holds a git repository. */
  readonly git: boolean;
  /** A session was started here before. */
  readonly recent: boolean;
}

/** Looks at one folder. */
export async function describeFolder(path: string, recent: boolean): Promise<Folder> {
  return { path, name: basename(path) || path, git: await holdsGit(path), recent };
}

/** Whether the folder is the top of a git working tree; in a linked worktree `.git` is a file. */
export async function holdsGit(path: string): Promise<boolean> {
  try {
    await lstat(join(path, ".git"));
    return true;
  } catch {
    return false;
  }
}
