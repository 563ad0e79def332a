/** Exit codes of `wt`, after sysexits(3) where it has a word for the case. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 64,
  notFound: 66,
  unavailable: 69,
  notEnforceable: 78,
} as const;

/** A command cannot do what it was asked; the message says what was found and what to do next. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
