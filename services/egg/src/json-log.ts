import { writeSync } from "node:fs";
import type { Log, LogFields } from "@wingthing/service-runtime/log";

type Level = "debug" | "info" | "warn" | "error";

const STANDARD_ERROR = 2;

/** Errors as their class, message and causes; a stack only where the cause is a fault of ours. */
function printable(_key: string, value: unknown): unknown {
  if (value instanceof Error)
    return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
  return typeof value === "bigint" ? Number(value) : value;
}

/**
 * One JSON object a line on standard error, which the wing points at egg.log. The runtime's own log takes 27 ms to load,
 * and an egg writes ten lines in its life.
 */
export function jsonLog(base: LogFields = {}): Log {
  const write = (level: Level) => (event: string, fields?: LogFields) => {
    const line = JSON.stringify({ time: new Date().toISOString(), level, event, ...base, ...fields }, printable);
    try {
      writeSync(STANDARD_ERROR, `${line}\n`);
    } catch {
      // A full disk, or nobody who reads: the agent must not suffer for it.
    }
  };
  return {
    debug: () => {},
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => jsonLog({ ...base, ...fields }),
  };
}
