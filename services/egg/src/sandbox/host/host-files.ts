import { accessSync, constants, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";

/** What a name stands for, links not followed. */
export type FileKind = "file" | "folder" | "link" | "socket" | "other";

/** What the policy needs to know about one name. */
export interface FileFacts {
  readonly kind: FileKind;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The host's file tree, as the policy looks at it: only names and permissions, so that tests can make one up. */
export interface HostFiles {
  /** Undefined when there is nothing, or nothing that this process may see. */
  facts(path: string): FileFacts | undefined;
  /** Target of a link as it is written. */
  linkTarget(path: string): string;
  /** Names in a folder; none when it cannot be listed. */
  names(path: string): readonly string[];
  /** Whether this account may make something in the folder. */
  isWritable(folder: string): boolean;
  /** Text of a small file; empty when it cannot be read. */
  text(path: string): string;
}

/** Files that are read whole here (a git config) are a few kilobytes; a larger one is cut, which only adds protection. */
const MAX_TEXT_BYTES = 65_536;

/** The real tree. A path is asked for once in the life of this object: one start sees one state. */
export class RealHostFiles implements HostFiles {
  readonly #known = new Map<string, FileFacts | undefined>();

  facts(path: string): FileFacts | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const facts = look(path);
    this.#known.set(path, facts);
    return facts;
  }

  linkTarget(path: string): string {
    return readlinkSync(path);
  }

  names(path: string): readonly string[] {
    try {
      return readdirSync(path);
    } catch {
      // A folder that this process may not list is closed to the agent, which runs as the same user.
      return [];
    }
  }

  isWritable(folder: string): boolean {
    try {
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  }

  text(path: string): string {
    try {
      return readFileSync(path, "utf8").slice(0, MAX_TEXT_BYTES);
    } catch {
      return "";
    }
  }
}

function look(path: string): FileFacts | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return { kind: kindOf(stats), mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid };
  } catch {
    // ENOTDIR, EACCES, ENAMETOOLONG: the agent, the same user, does not get there either.
    return undefined;
  }
}

function kindOf(stats: Stats): FileKind {
  if (stats.isDirectory()) return "folder";
  if (stats.isFile()) return "file";
  if (stats.isSymbolicLink()) return "link";
  return stats.isSocket() ? "socket" : "other";
}
