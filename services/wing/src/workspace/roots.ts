import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { errorCode } from "../identity/errno.ts";

/** A path is neither absolute nor below "~". */
export class PathNotAbsoluteError extends Error {
  override readonly name = "PathNotAbsoluteError";
  constructor(path: string) {
    super(`${quoted(path)} is not an absolute path: begin it with "/" or "~/"`);
  }
}

/** There is no such folder. */
export class FolderMissingError extends Error {
  override readonly name = "FolderMissingError";
  constructor(path: string) {
    super(`there is no folder ${quoted(path)} that this user can enter: make it, or choose another`);
  }
}

/** The folder is not one where sessions may start. */
export class FolderOutsideRootsError extends Error {
  override readonly name = "FolderOutsideRootsError";
  constructor(path: string, roots: readonly string[]) {
    super(
      `${quoted(path)} is outside the folders of this wing (${roots.join(", ")}): choose one inside, or add it to paths in wing.yaml`,
    );
  }
}

/** What the roots are made of. */
export interface RootsOptions {
  /** Folders where sessions may start: absolute or beginning with "~". */
  readonly paths: readonly string[];
  readonly home: string;
  /** wingthing's own folder, which is never among them. */
  readonly stateDir: string;
}

/** The folders where sessions may start. Membership is decided on real paths, so no symbolic link leads out. */
export class Roots {
  readonly paths: readonly string[];
  readonly home: string;
  readonly #stateDir: string;

  constructor({ paths, home, stateDir }: RootsOptions) {
    this.home = home;
    this.#stateDir = stateDir;
    this.paths = paths.map((path) => this.absolute(path));
  }

  /** Replaces "~" and removes "." and "..". @throws PathNotAbsoluteError. */
  absolute(path: string): string {
    if (path === "~") return this.home;
    if (path.includes("\0")) throw new PathNotAbsoluteError(path);
    if (path.startsWith("~/")) return resolve(this.home, path.slice(2).replace(/^\/+/, ""));
    if (!isAbsolute(path)) throw new PathNotAbsoluteError(path);
    return resolve(path);
  }

  /**
   * The real path of a folder in which a session may start.
   * @throws PathNotAbsoluteError, FolderMissingError, FolderOutsideRootsError.
   */
  async admit(path: string): Promise<string> {
    const wanted = this.absolute(path);
    // What lies outside is refused before its existence can be told.
    if (!(await this.#mayHold(wanted))) throw new FolderOutsideRootsError(path, this.paths);
    const real = await realFolder(wanted);
    if (real === undefined) throw new FolderMissingError(path);
    if (!(await this.holds(real))) throw new FolderOutsideRootsError(path, this.paths);
    return real;
  }

  /** Whether a real path lies in a root, and not in wingthing's own folder. */
  async holds(real: string): Promise<boolean> {
    if (isInside(real, (await realFolder(this.#stateDir)) ?? this.#stateDir)) return false;
    return (await this.realPaths()).some((root) => isInside(real, root));
  }

  /** The real paths of those roots that exist. */
  async realPaths(): Promise<string[]> {
    const reals = await Promise.all(this.paths.map(realFolder));
    return reals.filter((real) => real !== undefined);
  }

  async #mayHold(path: string): Promise<boolean> {
    const roots = [...this.paths, ...(await this.realPaths())];
    return roots.some((root) => isInside(path, root));
  }
}

/** Whether the path is the folder or lies below it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The real path of a folder that this user can enter, or undefined. */
export async function realFolder(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch (error) {
    if (UNREACHABLE.includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** Errors that all mean: no folder for this user here. */
const UNREACHABLE: readonly string[] = ["ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG"];

function quoted(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}
