/** Values beside an event. Never input, output, keys, tokens, or paths of a person's files. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One event, one line. `event` is a short constant sentence; what varies goes into the fields. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** Put the cause into the field `error`: its name, message and stack are written. */
  error(event: string, fields?: LogFields): void;
  /** A log that adds these fields to every event. */
  child(fields: LogFields): Log;
}

/** Writes nothing and loads nothing: for the command line and for tests. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
