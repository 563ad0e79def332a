import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { Socket } from "node:net";
import type { Launch } from "../sandbox/launch.ts";
import { openNativePty } from "./native-pty.ts";
import { type Grid, type Pty, PtySpawnError } from "./pty.ts";
import { NativePtyMaster } from "./pty-master.ts";
import { strayDescriptors } from "./stray-descriptors.ts";

/**
 * What the child runs first. It leads a fresh session, so the slave that it opens becomes its controlling terminal.
 * The slave's path comes over standard input: the child is forked before the terminal exists and so cannot inherit it.
 * `iutf8` lets the kernel erase whole characters; a `stty` without it is no reason to stop.
 */
const LAUNCHER = 'read -r tty && exec <>"$tty" >&0 2>&1 && { command -p stty iutf8 2>/dev/null || :; } && exec "$@"';

/** Number of the first descriptor that a launch hands on. */
const FIRST_EXTRA_DESCRIPTOR = 3;

/** The child's descriptors: a pipe for the path, then the launch's own, and /dev/null over everything inherited. */
function descriptorTable(launch: Launch, nullDevice: number): StdioOptions {
  const table: ("pipe" | "ignore" | number)[] = ["pipe", "ignore", "ignore", ...launch.descriptors];
  for (const stray of strayDescriptors()) {
    if (stray < FIRST_EXTRA_DESCRIPTOR + launch.descriptors.length) continue;
    while (table.length < stray) table.push("ignore");
    table[stray] = nullDevice;
  }
  return table;
}

function spawnLauncher(launch: Launch): ChildProcess {
  const nullDevice = openSync("/dev/null", "r+");
  try {
    const child = spawn("/bin/sh", ["-c", LAUNCHER, "sh", ...launch.argv], {
      detached: true,
      cwd: launch.cwd,
      env: { ...launch.env },
      stdio: descriptorTable(launch, nullDevice),
    });
    child.on("error", () => {}); // a failed start is seen by its missing pid
    return child;
  } finally {
    closeSync(nullDevice);
  }
}

function openTerminal(child: ChildProcess, grid: Grid): Pty {
  const { pid, stdin: pipe } = child;
  // A child's standard streams are sockets, which is what its type does not say.
  if (pid === undefined || !(pipe instanceof Socket)) throw new Error("no process was made");
  const opened = openNativePty(grid);
  const pty = new NativePtyMaster({ child, pid, pipe, opened });
  pipe.on("error", () => {}); // the child died; its exit tells
  pipe.end(`${opened.pty}\n`);
  return pty;
}

/** Starts a program on a new pseudo terminal. Throws PtySpawnError. */
export function spawnPty(launch: Launch, grid: Grid): Pty {
  let child: ChildProcess | undefined;
  try {
    child = spawnLauncher(launch);
    return openTerminal(child, grid);
  } catch (error) {
    child?.kill("SIGKILL");
    throw new PtySpawnError(launch.argv[0] ?? "nothing", launch.cwd, { cause: error });
  }
}
