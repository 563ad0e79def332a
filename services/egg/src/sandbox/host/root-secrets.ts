import { NotEnforceableError } from "../not-enforceable.ts";
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

/** Names that are looked at; a host with more in these places takes longer than a start may. */
export const MAX_ENTRIES = 50_000;

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

/**
 * What of /proc, apart from the processes, must be made read-only. Kernel settings belong to root's uid, and an agent of
 * root has that uid: without any capability it could still write those that ask for no more.
 */
export function findWritableProc(files: HostFiles, isRoot: boolean): readonly string[] {
  if (!isRoot) return ["/proc/sys"];
  const paths = files
    .names("/proc")
    .filter((name) => !/^\d+$/.test(name))
    .map((name) => `/proc/${name}`);
  return paths.filter((path) => {
    const facts = files.facts(path);
    return facts?.kind === "folder" || (facts?.kind === "file" && (facts.mode & 0o222) !== 0);
  });
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
    if (budget.left < 0) throw tooManyNames();
    const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
    const facts = files.facts(path);
    if (facts === undefined || facts.kind === "link") continue;
    if (isClosedToOthers(facts.kind === "folder", facts.mode)) found.add(path);
    else if (facts.kind === "folder" && depth > 1) scan({ folder: path, depth: depth - 1, files, found, budget });
  }
}

function tooManyNames(): NotEnforceableError {
  return new NotEnforceableError({
    area: "filesystem",
    found: `the egg runs as root, and more than ${MAX_ENTRIES} names would have to be looked at for files of root alone`,
    remedy: "Run wingthing as an ordinary user",
  });
}

function isClosedToOthers(folder: boolean, mode: number): boolean {
  return folder ? (mode & 0o005) !== 0o005 : (mode & 0o004) === 0;
}
