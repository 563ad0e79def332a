import type { Limits } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { DEFAULT_LIMITS } from "@wingthing/egg-config/default-limits";

/** The numbers that are enforced, none of them "unlimited". */
export interface Ceilings {
  readonly cpuSeconds: bigint;
  readonly memoryBytes: bigint;
  readonly maxFds: number;
  readonly maxPids: number;
}

/** What the host allows at most. */
export interface HostCeilings {
  readonly memoryBytes: number;
  /** Hard limit of descriptors of this process; nothing below it can be given more. */
  readonly maxFds: number;
}

/** After SIGXCPU a program has this long to save what it has, before the kernel ends it. */
const CPU_GRACE_SECONDS = 5n;

/**
 * One byte is less than any core file, and it is the one value at which the kernel does not start the host's crash
 * handler either (core_pattern with a pipe), which would run as root on what an agent prepared; 0 would start it.
 */
const NO_CORE_DUMP_BYTES = 1;

/** The person's ceilings, or the egg's own, and never more than the host has. */
export function effectiveCeilings(limits: Limits | undefined, host: HostCeilings): Ceilings {
  const chosen = (value: number | undefined, otherwise: number) =>
    value === undefined || value === 0 ? otherwise : value;
  const chosenBig = (value: bigint | undefined, otherwise: number) =>
    value === undefined || value === 0n ? BigInt(otherwise) : value;
  return {
    cpuSeconds: chosenBig(limits?.cpuSeconds, DEFAULT_LIMITS.cpuSeconds),
    memoryBytes: chosenBig(limits?.memoryBytes, host.memoryBytes),
    maxFds: Math.min(chosen(limits?.maxFds, DEFAULT_LIMITS.maxFds), host.maxFds),
    maxPids: chosen(limits?.maxPids, DEFAULT_LIMITS.maxPids),
  };
}

/**
 * Options of prlimit, which runs inside the sandbox: only there NPROC counts the egg's processes and not the whole
 * account's. DATA and not AS, because WebAssembly reserves far more addresses than it uses.
 */
export function prlimitArguments(ceilings: Ceilings): readonly string[] {
  return [
    `--core=${NO_CORE_DUMP_BYTES}`,
    `--cpu=${ceilings.cpuSeconds}:${ceilings.cpuSeconds + CPU_GRACE_SECONDS}`,
    `--data=${ceilings.memoryBytes}`,
    `--nofile=${ceilings.maxFds}`,
    `--nproc=${ceilings.maxPids}`,
  ];
}

/** Hard limit of open files out of the text of /proc/self/limits. */
export function hardFileLimit(procSelfLimits: string): number | undefined {
  const match = /^Max open files\s+\S+\s+(\S+)/m.exec(procSelfLimits);
  if (match?.[1] === "unlimited") return Number.MAX_SAFE_INTEGER;
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
