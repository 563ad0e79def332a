import { readdirSync, readFileSync } from "node:fs";
import type { PtySignal } from "./pty.ts";

/** The session of a process that lives; undefined when it is gone or only waits to be reaped. */
function sessionOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name may hold spaces and parentheses; what follows the last one is plain.
    const [state, , , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : Number(session);
  } catch {
    return undefined;
  }
}

function runsInNestedPidNamespace(pid: number): boolean {
  try {
    const ids = /^NSpid:\s*(.+)$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? "";
    return ids.trim().split(/\s+/).length > 1;
  } catch {
    return false;
  }
}

/** Every living process of the session that `leader` leads. */
export function processesOfSession(leader: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && sessionOf(name) === leader)
    .map(Number);
}

function trySignal(pid: number, signal: PtySignal): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or of another user inside the sandbox; the end of the sandbox takes it along.
  }
}

/**
 * Signals the processes of a session. A sandbox's own process outside of the sandbox is spared until SIGKILL: its death
 * kills everything inside at once, and the agent could not put its things in order.
 */
export function signalSession(leader: number, signal: PtySignal): void {
  const all = processesOfSession(leader);
  const inside = signal === "SIGKILL" ? [] : all.filter(runsInNestedPidNamespace);
  for (const pid of inside.length > 0 ? inside : all) trySignal(pid, signal);
}
