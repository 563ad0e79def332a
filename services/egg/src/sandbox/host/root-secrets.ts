import type { HostFiles } from "./host-files.ts";

/**
 * Where files that only root may read usually lie, and how deep we look. Everything else of the kind is in a home
 * folder, which has rules of its own.
 */
const PLACES: readonly (readonly [folder: string, depth: number])[] = [
  ["/", 1],
  ["/etc", 6],
  ["/var", 3],
  ["/opt", 2],
  ["/srv", 2],
  ["/usr/local", 2],
  ["/proc", 1],
];

/** A host with more than this is no machine that people work on; what is beyond stays for the refusal to name. */
const MAX_ENTRIES = 50_000;

/** The tree has more names than can be looked at in the time that a start has. */
export class TooManyFilesError extends Error {
  override readonly name = "TooManyFilesError";
}

/** Kernel interfaces for root; some can be listed by everyone and answer only to root. */
const KERNEL_FOLDERS: readonly string[] = [
  "/sys/firmware",
  "/sys/fs/bpf",
  "/sys/fs/pstore",
  "/sys/kernel/config",
  "/sys/kernel/debug",
  "/sys/kernel/security",
  "/sys/kernel/tracing",
];

/**
 * An agent of root keeps root's uid, without any capability, and so may read what root owns. This finds everything that
 * an ordinary account could not read, to be hidden: /etc/shadow, sudoers, host keys, /proc/kcore and their like.
 */
export function findRootSecrets(files: HostFiles): readonly string[] {
  const found = new Set(KERNEL_FOLDERS.filter((path) => files.facts(path) !== undefined));
  const budget = { left: MAX_ENTRIES };
  for (const [folder, depth] of PLACES) scan({ folder, depth, files, found, budget });
  return [...found];
}

interface Scan {
  readonly folder: string;
  readonly depth: number;
  readonly files: HostFiles;
  readonly found: Set<string>;
  readonly budget: { left: number };
}

function scan({ folder, depth, files, found, budget }: Scan): void {
  for (const name of files.names(folder)) {
    if (folder === "/proc" && /^\d+$/.test(name)) continue;
    budget.left -= 1;
    if (budget.left < 0) throw new TooManyFilesError(`more than ${MAX_ENTRIES} names in ${folder} and its like`);
    const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
    const facts = files.facts(path);
    if (facts === undefined || facts.kind === "link") continue;
    if (isClosedToOthers(facts.kind === "folder", facts.mode)) found.add(path);
    else if (facts.kind === "folder" && depth > 1) scan({ folder: path, depth: depth - 1, files, found, budget });
  }
}

function isClosedToOthers(folder: boolean, mode: number): boolean {
  return folder ? (mode & 0o005) !== 0o005 : (mode & 0o004) === 0;
}
