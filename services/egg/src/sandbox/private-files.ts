import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { NotEnforceableError } from "./not-enforceable.ts";

/** O_PATH of Linux, which Node does not name: a handle of a place that can neither be read nor written through. */
const O_PATH = 0o10000000;

/**
 * The files of one start that nobody else may see. Lists and texts have no name: they live in descriptors, so that
 * nothing of them is left on the disk however this process ends.
 */
export class PrivateFiles implements Disposable {
  /** An empty file and an empty folder that nobody may open; they cover what is hidden. */
  readonly covers: { readonly file: string; readonly folder: string };
  readonly #folder: string;
  readonly #descriptors: number[] = [];
  #open = true;

  constructor(eggDir: string) {
    this.#folder = mkdtempSync(join(eggDir, "sandbox-"));
    this.covers = { file: join(this.#folder, "closed-file"), folder: join(this.#folder, "closed-folder") };
    writeFileSync(this.covers.file, "", { mode: 0 });
    mkdirSync(this.covers.folder, { mode: 0 });
  }

  /** Everything opened so far, in order; a launch hands them on under the numbers from 3 up. */
  get descriptors(): readonly number[] {
    return this.#descriptors;
  }

  /** A file without a name that holds these bytes, to be read once from its beginning. Gives its number in the child. */
  hold(content: Uint8Array | string): number {
    const path = join(this.#folder, `held-${this.#descriptors.length}`);
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    this.#descriptors.push(descriptor);
    unlinkSync(path);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    // At a position, so that the offset with which the child begins stays 0.
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
    return this.#lastNumber();
  }

  /**
   * A handle of exactly this file or folder. Gives its number in the child.
   * @throws NotEnforceableError when something on the way became a link since the policy was made.
   */
  pin(path: string, kind: "file" | "folder"): number {
    const flags = O_PATH | constants.O_NOFOLLOW | (kind === "folder" ? constants.O_DIRECTORY : 0);
    const descriptor = this.#tryOpen(path, flags);
    this.#descriptors.push(descriptor);
    const opened = readlinkSync(`/proc/self/fd/${descriptor}`);
    if (opened !== path) throw swapped(path, `it leads to ${opened} now`);
    return this.#lastNumber();
  }

  /** Closes the descriptors and removes the folder. Idempotent. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    for (const descriptor of this.#descriptors) closeSync(descriptor);
    chmodSync(this.covers.folder, 0o700);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #tryOpen(path: string, flags: number): number {
    try {
      return openSync(path, flags);
    } catch (error) {
      throw swapped(path, error instanceof Error ? error.message : String(error), error);
    }
  }

  /** Descriptors 0, 1 and 2 are the terminal. */
  #lastNumber(): number {
    return this.#descriptors.length + 2;
  }
}

function swapped(path: string, found: string, cause?: unknown): NotEnforceableError {
  return new NotEnforceableError(
    {
      area: "filesystem",
      found: `${path} changed while the sandbox was being made (${found})`,
      remedy: "Look at who replaced it, then start again",
    },
    { cause },
  );
}
