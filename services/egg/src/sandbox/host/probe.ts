import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BubblewrapFeatures } from "../bubblewrap-argv.ts";
import { NotEnforceableError } from "../not-enforceable.ts";
import { assembleSyscallFilter } from "../seccomp/syscall-filter.ts";
import type { Machine } from "../seccomp/syscall-numbers.ts";
import { diagnoseTrial, type TrialFacts } from "./diagnose-trial.ts";
import { findSandboxPrograms, type SandboxProgram } from "./host-programs.ts";

/** What this host can enforce with, found once in the life of a process. */
export interface SandboxHost {
  readonly programs: Readonly<Record<SandboxProgram, string>>;
  /** As bubblewrap states it, "0.8.0". */
  readonly bubblewrapVersion: string;
  readonly features: BubblewrapFeatures;
  readonly machine: Machine;
  /** System call filter of the machine. */
  readonly filter: Uint8Array;
  /** The effective user is root. */
  readonly isRoot: boolean;
}

/** A trial takes 10 ms; a host on which it takes this long hangs. */
const TRIAL_TIMEOUT_MS = 10_000;

/** Options without which no sandbox is built; all are in bubblewrap 0.5 of 2021. */
const REQUIRED_OPTIONS: readonly string[] = [
  "--args",
  "--cap-drop",
  "--clearenv",
  "--die-with-parent",
  "--perms",
  "--remount-ro",
  "--ro-bind-data",
  "--seccomp",
  "--unshare-cgroup-try",
];

/**
 * Finds what the sandbox needs, and builds one small sandbox to see that the kernel lets it.
 * @throws NotEnforceableError for the first gap, with the command that closes it.
 */
export async function probeHost(): Promise<SandboxHost> {
  const machine = machineOf(process.arch);
  const programs = findSandboxPrograms();
  const [help, version] = await Promise.all([run(programs.bwrap, ["--help"]), run(programs.bwrap, ["--version"])]);
  const features = readFeatures(help.stdout + help.stderr);
  const filter = assembleSyscallFilter(machine);
  await tryOut({ programs, features, filter });
  const bubblewrapVersion = version.stdout.trim().replace(/^bubblewrap /, "");
  return { programs, bubblewrapVersion, features, machine, filter, isRoot: process.geteuid?.() === 0 };
}

function machineOf(architecture: string): Machine {
  if (architecture === "x64" || architecture === "arm64") return architecture;
  throw new NotEnforceableError({
    area: "syscalls",
    found: `this is a ${architecture} machine, and there is a system call filter for x64 and arm64 only`,
    remedy: "Use a machine of one of these kinds",
  });
}

/** What the text of `bwrap --help` promises. */
export function readFeatures(help: string): BubblewrapFeatures {
  const knows = (option: string) => new RegExp(`^\\s+${option}\\s`, "m").test(help);
  const lacking = REQUIRED_OPTIONS.filter((option) => !knows(option));
  if (lacking.length > 0) {
    throw new NotEnforceableError({
      area: "filesystem",
      found: `the installed bubblewrap does not know ${lacking.join(", ")}`,
      remedy: "Install bubblewrap 0.5 or newer",
    });
  }
  return {
    bindByDescriptor: knows("--bind-fd") && knows("--ro-bind-fd"),
    disableUserNamespaces: knows("--disable-userns"),
    sizedMemory: knows("--size"),
  };
}

/** One sandbox with every kind of thing that a real one has, around a program that does nothing. */
async function tryOut(parts: Pick<SandboxHost, "programs" | "features" | "filter">): Promise<void> {
  const { programs, features, filter } = parts;
  const folder = await mkdtemp(join(tmpdir(), "wingthing-probe-"));
  try {
    const program = join(folder, "filter");
    await writeFile(program, filter, { mode: 0o600 });
    const sandbox = [
      ...[
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-uts",
        "--die-with-parent",
        "--cap-drop",
        "ALL",
      ],
      ...(features.disableUserNamespaces ? ["--disable-userns"] : []),
      ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--seccomp", "9", "--"],
    ];
    const inside = [
      programs.env,
      "--default-signal=INT,QUIT",
      programs.prlimit,
      "--core=0",
      "--",
      programs.env,
      "true",
    ];
    const script = 'exec 9<"$1"; shift; exec "$@"';
    const trial = await run(programs.bash, [
      "-p",
      "-c",
      script,
      "wt-probe",
      program,
      programs.bwrap,
      ...sandbox,
      ...inside,
    ]);
    if (trial.code !== 0) throw new NotEnforceableError(diagnoseTrial(trialFacts(trial.stderr)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function trialFacts(stderr: string): TrialFacts {
  const setting = (name: string) => readText(`/proc/sys/${name}`).trim();
  return {
    stderr,
    apparmorRestricts: setting("kernel/apparmor_restrict_unprivileged_userns") === "1",
    userNamespacesOff: setting("kernel/unprivileged_userns_clone") === "0",
    userNamespacesZero: setting("user/max_user_namespaces") === "0",
    inContainer: existsSync("/.dockerenv") || existsSync("/run/.containerenv"),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The setting does not exist on this kernel.
    return "";
  }
}

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs to the end with an empty environment but PATH; never rejects, because a failure is what is looked for. */
function run(file: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { timeout: TRIAL_TIMEOUT_MS, env: { PATH: "/usr/bin:/bin", LC_ALL: "C" } };
    execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr: stderr || (error?.message ?? "") });
    });
  });
}
