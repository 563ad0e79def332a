import { isAtOrBelow } from "@wingthing/egg-config/egg-path";

/** Why a folder cannot be worked in. */
export type WorkingFolderProblem = "missing" | "not-a-folder" | "contains-home" | "denied" | "system";

/** The folder that the person chose cannot be opened to an agent. */
export class WorkingFolderError extends Error {
  override readonly name = "WorkingFolderError";
  readonly problem: WorkingFolderProblem;
  readonly path: string;

  constructor(problem: WorkingFolderProblem, path: string, advice: string) {
    super(`cannot work in ${path}: ${advice}`);
    this.problem = problem;
    this.path = path;
  }
}

/** Folders of the system that no project is; those below them may be one. */
const SYSTEM_FOLDERS: readonly string[] = [
  "/bin",
  "/boot",
  "/etc",
  "/home",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/mnt",
  "/opt",
  "/sbin",
  "/srv",
  "/tmp",
  "/usr",
  "/var",
  "/var/tmp",
];

/** Trees that the sandbox replaces with its own. */
const REPLACED_TREES: readonly string[] = ["/dev", "/proc", "/run", "/sys"];

/** Where a working folder stands in the host's tree; all paths real. */
export interface WorkingFolderPlace {
  readonly cwd: string;
  readonly kind: string;
  readonly home: string;
  /** The rule that would deny the folder if the person had not chosen it. */
  readonly deniedBy: string | undefined;
}

/** Refuses a folder whose opening would open more than a project. */
export function checkWorkingFolder({ cwd, kind, home, deniedBy }: WorkingFolderPlace): void {
  if (kind === "missing") throw new WorkingFolderError("missing", cwd, "there is no such folder; make it first");
  if (kind !== "folder") throw new WorkingFolderError("not-a-folder", cwd, "it is not a folder; choose one");
  if (isAtOrBelow(home, cwd)) {
    const advice = "the agent could write what your shell runs; choose a folder inside your home";
    throw new WorkingFolderError("contains-home", cwd, advice);
  }
  if (SYSTEM_FOLDERS.includes(cwd) || REPLACED_TREES.some((tree) => isAtOrBelow(cwd, tree))) {
    throw new WorkingFolderError("system", cwd, "it belongs to the system; choose the folder of a project");
  }
  if (deniedBy !== undefined) {
    throw new WorkingFolderError("denied", cwd, `it is closed to agents (${deniedBy}); choose another folder`);
  }
}
