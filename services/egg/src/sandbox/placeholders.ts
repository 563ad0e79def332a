import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { processStartTime } from "./host/process-start-time.ts";
import { type PathToMake, PLACEHOLDER_FILE_MODE, PLACEHOLDER_FOLDER_MODE } from "./policy/missing-paths.ts";

/** Who is using which placeholders, kept in each egg's folder so that the others can see it. */
const LEDGER = "placeholders.json";

/** A ledger names some dozen paths; a larger one is no ledger of ours. */
const MAX_LEDGER_BYTES = 262_144;

interface Ledger {
  readonly pid: number;
  readonly startTime: string;
  readonly paths: readonly string[];
}

/**
 * What was made on the host for the mounts of one sandbox. Two sandboxes in one folder share a placeholder, and removing
 * it would lift the other one's mount: so the last user removes it.
 */
export class Placeholders {
  readonly #eggDir: string;
  readonly #temporary: readonly PathToMake[];

  private constructor(eggDir: string, temporary: readonly PathToMake[]) {
    this.#eggDir = eggDir;
    this.#temporary = temporary;
  }

  /** Makes what is missing. What another sandbox has made in the meantime is shared. */
  static make(paths: readonly PathToMake[], eggDir: string): Placeholders {
    const placeholders = new Placeholders(
      eggDir,
      paths.filter((path) => path.temporary),
    );
    placeholders.#announce();
    try {
      for (const path of paths) makePath(path);
    } catch (error) {
      placeholders.remove();
      throw error;
    }
    return placeholders;
  }

  /** Removes those that nobody else uses and that still are as they were made. Idempotent. */
  remove(): void {
    rmSync(join(this.#eggDir, LEDGER), { force: true });
    if (this.#temporary.length === 0) return;
    const used = pathsInUse(this.#eggDir);
    for (const path of this.#temporary.toReversed()) {
      if (!used.has(path.path)) removePath(path);
    }
  }

  /** Before anything is made: a sandbox that is being released right now must see that we rely on it. */
  #announce(): void {
    if (this.#temporary.length === 0) return;
    const paths = this.#temporary.map((path) => path.path);
    const ledger: Ledger = { pid: process.pid, startTime: processStartTime(process.pid) ?? "", paths };
    writeFileSync(join(this.#eggDir, LEDGER), JSON.stringify(ledger), { mode: 0o600 });
  }
}

function makePath({ path, kind, text, temporary }: PathToMake): void {
  try {
    if (kind === "file") writeFileSync(path, text, { flag: "wx", mode: 0o600 });
    else mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
    throw error;
  }
  // Set apart from making, because the mode there is subject to the umask.
  if (temporary) chmodSync(path, kind === "file" ? PLACEHOLDER_FILE_MODE : PLACEHOLDER_FOLDER_MODE);
}

function removePath({ path, kind, text }: PathToMake): void {
  try {
    const mode = lstatSync(path).mode & 0o7777;
    if (kind === "folder" && mode === PLACEHOLDER_FOLDER_MODE) rmdirSync(path);
    if (kind === "file" && mode === PLACEHOLDER_FILE_MODE && readFileSync(path, "utf8") === text) unlinkSync(path);
  } catch {
    // It is gone, or a folder with something in it: somebody else's now, and as it should be.
  }
}

/** Placeholders that living sandboxes of other eggs rely on. */
function pathsInUse(eggDir: string): ReadonlySet<string> {
  const eggs = dirname(eggDir);
  const others = readdirSync(eggs).filter((name) => name !== basename(eggDir));
  return new Set(others.flatMap((name) => readLedger(join(eggs, name, LEDGER))));
}

function readLedger(file: string): readonly string[] {
  try {
    if (lstatSync(file).size > MAX_LEDGER_BYTES) return [];
    const ledger: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isLedger(ledger) && processStartTime(ledger.pid) === ledger.startTime ? ledger.paths : [];
  } catch {
    return [];
  }
}

function isLedger(value: unknown): value is Ledger {
  if (typeof value !== "object" || value === null) return false;
  if (!("pid" in value) || !("startTime" in value) || !("paths" in value)) return false;
  return typeof value.pid === "number" && typeof value.startTime === "string" && Array.isArray(value.paths);
}
