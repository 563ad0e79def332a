import { accessSync, constants } from "node:fs";
import { NotEnforceableError } from "../../sandbox/not-enforceable.ts";

/**
 * Folders that only the host's administrator writes. PATH is not consulted: a folder of it that an earlier agent could
 * write (`~/.local/bin`) would let that agent choose the program that builds the next sandbox.
 */
const SYSTEM_FOLDERS = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/run/current-system/sw/bin"];

const PACKAGES = { bwrap: "bubblewrap", nsenter: "util-linux", ip: "iproute2", cat: "coreutils" } as const;

/** A program of the host that the gateway needs. */
export type HostProgram = keyof typeof PACKAGES;

/**
 * Absolute path of a program of the host.
 * @throws NotEnforceableError naming the package that is missing.
 */
export function findHostProgram(name: HostProgram, folders: readonly string[] = SYSTEM_FOLDERS): string {
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    if (isExecutable(path)) return path;
  }
  throw new NotEnforceableError({
    area: "network",
    found: `the program "${name}" is in none of ${folders.join(", ")}`,
    remedy: `Run: sudo apt-get install ${PACKAGES[name]}`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
