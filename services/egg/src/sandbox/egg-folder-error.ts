/** Why a folder takes no more files, and what helps. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "your quota is used up; free some space",
  EROFS: "the file system is read-only; mount it for writing",
  EACCES: "it belongs to another account; give it back to yours",
  EMFILE: "too many files are open; raise the limit of open files (ulimit -n)",
  ENFILE: "the host has too many files open; close some programs",
};

/** The private files of a start could not be written. */
export class EggFolderError extends Error {
  override readonly name = "EggFolderError";
  /** As the kernel names it, "ENOSPC". */
  readonly code: string;

  constructor(code: string, eggDir: string, options?: ErrorOptions) {
    super(`the sandbox cannot be prepared in ${eggDir}: ${ADVICE[code] ?? code}, then start again`, options);
    this.code = code;
  }
}

/** An EggFolderError for an error of the file system, any other error as it is. */
export function describeFolderError(error: unknown, eggDir: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return error.code in ADVICE ? new EggFolderError(error.code, eggDir, { cause: error }) : error;
}
