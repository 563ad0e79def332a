import type { Log, LogFields } from "../log.ts";

/** One event that was logged. */
export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: LogFields;
}

/** A log that keeps what it is told. */
export function recordLog(): { readonly log: Log; readonly events: readonly LogEvent[] } {
  const events: LogEvent[] = [];
  const logWith = (base: LogFields): Log => {
    const at =
      (level: LogEvent["level"]) =>
      (event: string, fields: LogFields = {}) =>
        void events.push({ level, event, fields: { ...base, ...fields } });
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      child: (fields) => logWith({ ...base, ...fields }),
    };
  };
  return { log: logWith({}), events };
}
