/** Where in an egg.yaml something is; line and column count from 1. */
export interface ConfigPosition {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** One value of an egg.yaml or of a profile cannot be used; the message says what to write instead. */
export class EggValueError extends Error {
  override readonly name = "EggValueError";
}

/** An egg.yaml says something that cannot be used. */
export class EggConfigError extends Error {
  override readonly name = "EggConfigError";
  readonly source: string;
  readonly line: number;
  readonly column: number;

  constructor(position: ConfigPosition, problem: string, options?: ErrorOptions) {
    super(`${position.source}:${position.line}:${position.column}: ${problem}`, options);
    this.source = position.source;
    this.line = position.line;
    this.column = position.column;
  }
}
