import { NotEnforceableError } from "./not-enforceable.ts";
import type { Mount } from "./policy/mount-plan.ts";

/** What the bubblewrap at hand can do besides what every version that we accept can. */
export interface BubblewrapFeatures {
  /** `--bind-fd` and `--ro-bind-fd`. */
  readonly bindByDescriptor: boolean;
  /** `--disable-userns`. */
  readonly disableUserNamespaces: boolean;
  /** `--size`. */
  readonly sizedMemory: boolean;
}

/** Everything that bubblewrap's options say; descriptors are numbers in bubblewrap's own process. */
export interface BubblewrapOptions {
  readonly features: BubblewrapFeatures;
  readonly uid: number;
  readonly gid: number;
  readonly mounts: readonly Mount[];
  /** Descriptors of the paths that are bound by descriptor. */
  readonly descriptors: ReadonlyMap<string, number>;
  /** An empty file and an empty folder that nobody may open, to cover what is hidden. */
  readonly covers: { readonly file: string; readonly folder: string };
  /** Kernel folders below /proc that exist here and that an uid 0 could write. */
  readonly readOnlyProc: readonly string[];
  /** Where resolv.conf really is and a descriptor with its text; undefined when the host has no such file. */
  readonly resolvConf: { readonly path: string; readonly descriptor: number } | undefined;
  readonly filterDescriptor: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Size of each folder in memory; a package manager unpacks into it, and it counts as memory of the host. */
const MEMORY_FOLDER_BYTES = 512 * 2 ** 20;

/** bubblewrap's own limit, MAX_ARGS. */
const MAX_ARGUMENTS = 9_000;

/** A text that cannot stand in an argument list: lists are separated by zero bytes. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** bubblewrap's options, in the order in which it carries them out. */
export function bubblewrapArguments(options: BubblewrapOptions): readonly string[] {
  const { features } = options;
  const list = [
    ...["--unshare-user", "--uid", `${options.uid}`, "--gid", `${options.gid}`],
    ...["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "egg"],
    ...(features.disableUserNamespaces ? ["--disable-userns"] : []),
    ...["--die-with-parent", "--cap-drop", "ALL"],
    ...options.mounts.filter(isRoot).flatMap((mount) => mountArguments(mount, options)),
    ...["--dev", "/dev", ...memory("/dev/shm", features), "--proc", "/proc"],
    ...options.readOnlyProc.flatMap((path) => ["--ro-bind", path, path]),
    ...options.mounts.filter((mount) => !isRoot(mount)).flatMap((mount) => mountArguments(mount, options)),
    ...resolvConfArguments(options),
    ...options.mounts.filter(isReopened).flatMap((mount) => ["--remount-ro", mount.path]),
    // The devices stay usable; new files in /dev would be memory that no limit counts.
    ...["--remount-ro", "/dev"],
    ...["--chdir", options.cwd, "--clearenv"],
    ...Object.entries(options.env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--seccomp", `${options.filterDescriptor}`],
  ];
  if (list.length > MAX_ARGUMENTS) {
    throw new NotEnforceableError({
      area: "filesystem",
      found: `the rules need ${list.length} arguments, and bubblewrap takes at most ${MAX_ARGUMENTS}`,
      remedy: "Merge rules in egg.yaml into rules for the folders around them",
    });
  }
  return list;
}

/** The list as `--args FD` reads it. */
export function encodeArguments(list: readonly string[]): Uint8Array {
  const bad = list.find((text) => text.includes("\0"));
  if (bad !== undefined)
    throw new ArgumentError("a path or a variable holds a zero byte, which no program can be given");
  return new TextEncoder().encode(list.map((text) => `${text}\0`).join(""));
}

function isRoot(mount: Mount): boolean {
  return mount.path === "/";
}

function isReopened(mount: Mount): boolean {
  return mount.kind === "hidden" && mount.reopened;
}

function mountArguments(mount: Mount, options: BubblewrapOptions): readonly string[] {
  const { path } = mount;
  switch (mount.kind) {
    case "memory":
      return ["--perms", "1777", ...memory(path, options.features)];
    case "hidden":
      // Passable, so that what is reopened can be reached; made read-only when everything stands in it.
      if (mount.reopened) return ["--perms", "0555", ...memory(path, options.features)];
      return ["--ro-bind", options.covers[mount.file], path];
    case "host":
      return hostArguments(mount, options.descriptors.get(path));
  }
}

function hostArguments(mount: Extract<Mount, { kind: "host" }>, descriptor: number | undefined): readonly string[] {
  const option = mount.writable ? "--bind" : "--ro-bind";
  if (descriptor === undefined) return [option, mount.path, mount.path];
  return [`${option}-fd`, `${descriptor}`, mount.path];
}

function memory(path: string, { sizedMemory }: BubblewrapFeatures): readonly string[] {
  return [...(sizedMemory ? ["--size", `${MEMORY_FOLDER_BYTES}`] : []), "--tmpfs", path];
}

function resolvConfArguments({ resolvConf }: BubblewrapOptions): readonly string[] {
  if (resolvConf === undefined) return [];
  return ["--perms", "0444", "--ro-bind-data", `${resolvConf.descriptor}`, resolvConf.path];
}
