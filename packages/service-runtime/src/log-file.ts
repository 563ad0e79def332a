import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Log, LogFields } from "./log.ts";
import { createPinoLog, type LogLevel, type LogSink } from "./pino-log.ts";

/** A log file that reaches this is moved to "<file>.1", in place of the one before: two files are kept at most. */
export const MAX_LOG_FILE_BYTES = 8 * 1024 * 1024;

/** Where the log goes. */
export interface LogOptions {
  /** Undefined = standard error. */
  readonly file?: string;
  readonly level?: LogLevel;
  /** On every event, `service` for instance. */
  readonly fields?: LogFields;
  readonly maxFileBytes?: number;
}

/** Opens the log of a process. */
export function createLog({ file, maxFileBytes = MAX_LOG_FILE_BYTES, ...rest }: LogOptions = {}): Log {
  const sink = file === undefined ? { write: writeToStandardError } : new LogFile(file, maxFileBytes);
  return createPinoLog({ sink, ...rest });
}

const STANDARD_ERROR = 2;

/** A closed terminal or a full disk must not end a service. */
function writeToStandardError(line: string): void {
  try {
    writeSync(STANDARD_ERROR, line);
  } catch {
    // There is nowhere left to say so.
  }
}

class LogFile implements LogSink {
  readonly #path: string;
  readonly #maxBytes: number;
  #descriptor: number;
  #bytes: number;

  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#descriptor = openSync(path, "a", 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  write(line: string): void {
    try {
      if (this.#bytes > 0 && this.#bytes + line.length > this.#maxBytes) this.#rotate();
      this.#bytes += writeSync(this.#descriptor, line);
    } catch {
      // A full disk loses lines of the log; what the service does goes on.
    }
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`);
    const next = openSync(this.#path, "a", 0o600);
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#bytes = 0;
  }
}
