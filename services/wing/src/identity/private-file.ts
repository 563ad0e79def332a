import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./errno.ts";

/** Bits of a mode that let anybody but the owner in. */
const OTHERS = 0o077;
/** Errors of a write that found no room. */
const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];

/** A file or folder that holds secrets can be reached by other users. */
export class InsecureModeError extends Error {
  override readonly name = "InsecureModeError";
  readonly path: string;
  constructor(path: string, mode: number, wanted: number) {
    super(
      `${path} has mode ${octal(mode)}, wanted ${octal(wanted)} so that nobody else can read it: ` +
        `run chmod ${octal(wanted)} ${path}`,
    );
    this.path = path;
  }
}

/** A file or folder that holds secrets belongs to somebody else. */
export class ForeignOwnerError extends Error {
  override readonly name = "ForeignOwnerError";
  readonly path: string;
  constructor(path: string, uid: number) {
    super(
      `${path} belongs to user ${uid}, wanted this user (${ownUid()}): run wt as that user or choose another WINGTHING_DIR`,
    );
    this.path = path;
  }
}

/** A path that should be a plain file is something else, or larger than it may be. */
export class UnusableFileError extends Error {
  override readonly name = "UnusableFileError";
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.path = path;
  }
}

/** There is no room for a file. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
  constructor(path: string, cause: unknown) {
    super(`the disk or the quota under ${dirname(path)} is full: free some space and try again`, { cause });
  }
}

/** What readPlainFile asks of a file. */
export interface PlainFileRules {
  /** Larger files are refused. */
  readonly maxBytes: number;
  /** The file must belong to this user and let nobody else in. */
  readonly private?: boolean;
}

/**
 * The text of a plain file, or undefined when there is none. Never waits on a FIFO and, for a private file, never
 * follows a symbolic link.
 * @throws InsecureModeError, ForeignOwnerError, UnusableFileError.
 */
export async function readPlainFile(path: string, rules: PlainFileRules): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (rules.private === true ? constants.O_NOFOLLOW : 0);
  const file = await openIfPresent(path, flags);
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new UnusableFileError(path, "is not a plain file: move it away");
    if (rules.private === true) assertPrivate(path, found, 0o600);
    if (found.size > rules.maxBytes) {
      throw new UnusableFileError(path, `has ${found.size} bytes, wanted at most ${rules.maxBytes}`);
    }
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** Replaces a file with mode 0600 in one step: a crash leaves the old text or the new, never half of it. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw diskFullOr(cause, path);
  }
}

/** DiskFullError when that is what the error means, else the error itself. */
export function diskFullOr(cause: unknown, path: string): unknown {
  return FULL.includes(errorCode(cause) ?? "") ? new DiskFullError(path, cause) : cause;
}

/** Throws unless the file or folder belongs to this user and lets nobody else in. */
export function assertPrivate(path: string, found: { uid: number; mode: number }, wanted: number): void {
  if (found.uid !== ownUid()) throw new ForeignOwnerError(path, found.uid);
  if ((found.mode & OTHERS) !== 0) throw new InsecureModeError(path, found.mode & 0o777, wanted);
}

async function openIfPresent(path: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT" || errorCode(cause) === "ENOTDIR") return undefined;
    if (errorCode(cause) === "ELOOP")
      throw new UnusableFileError(path, "is a symbolic link: put the file itself there");
    throw cause;
  }
}

function ownUid(): number {
  return process.getuid?.() ?? -1;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
