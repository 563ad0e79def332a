import { accessSync, constants, readFileSync } from "node:fs";
import { type EnforcementArea, NotEnforceableError } from "../not-enforceable.ts";

/** Programs that a start goes through, and the package that each is in. */
const PACKAGES = {
  bash: "bash",
  bwrap: "bubblewrap",
  env: "coreutils",
  nsenter: "util-linux",
  prlimit: "util-linux",
} as const;

/** A program that the sandbox needs. */
export type SandboxProgram = keyof typeof PACKAGES;

const AREAS: Readonly<Record<SandboxProgram, EnforcementArea>> = {
  bash: "filesystem",
  bwrap: "filesystem",
  env: "tty",
  nsenter: "network",
  prlimit: "limits",
};

/**
 * Folders that only the host's administrator writes. PATH is not consulted: a folder of it that an earlier agent could
 * write would let that agent choose the program that builds the next sandbox.
 */
const SYSTEM_FOLDERS: readonly string[] = [
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
  "/usr/local/bin",
  "/run/current-system/sw/bin",
];

/** Command that installs a package, by the ID or ID_LIKE of /etc/os-release. */
const INSTALLERS: Readonly<Record<string, string>> = {
  debian: "sudo apt-get install",
  ubuntu: "sudo apt-get install",
  fedora: "sudo dnf install",
  rhel: "sudo dnf install",
  arch: "sudo pacman -S",
  alpine: "sudo apk add",
  suse: "sudo zypper install",
};

/**
 * Absolute paths of all programs of the sandbox.
 * @throws NotEnforceableError for the first that is missing, with the command that installs it.
 */
export function findSandboxPrograms(
  folders = SYSTEM_FOLDERS,
  osRelease = readOsRelease(),
): Readonly<Record<SandboxProgram, string>> {
  const find = (name: SandboxProgram): string => {
    const path = folders.map((folder) => `${folder}/${name}`).find(isExecutable);
    if (path !== undefined) return path;
    throw new NotEnforceableError({
      area: AREAS[name],
      found: `the program "${name}" is in none of ${folders.join(", ")}`,
      remedy: `Run: ${installCommand(osRelease)} ${PACKAGES[name]}`,
    });
  };
  return {
    bash: find("bash"),
    bwrap: find("bwrap"),
    env: find("env"),
    nsenter: find("nsenter"),
    prlimit: find("prlimit"),
  };
}

/** How packages are installed on the host that this /etc/os-release describes. */
export function installCommand(osRelease: string): string {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  const names = [field("ID"), ...field("ID_LIKE").split(" ")];
  return names.map((name) => INSTALLERS[name]).find((command) => command !== undefined) ?? "your package manager for";
}

function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
