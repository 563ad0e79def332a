/** The areas that the enforcement report knows. */
export type EnforcementArea = "filesystem" | "network" | "syscalls" | "limits" | "tty";

/** What could not be enforced, what was found instead, and the command that fixes the host. */
export interface EnforcementGap {
  readonly area: EnforcementArea;
  readonly found: string;
  readonly remedy: string;
}

/** A rule of the sandbox cannot be enforced on this host, so nothing was started. */
export class NotEnforceableError extends Error {
  override readonly name = "NotEnforceableError";
  readonly area: EnforcementArea;
  readonly found: string;
  readonly remedy: string;

  constructor(gap: EnforcementGap, options?: ErrorOptions) {
    super(`the sandbox cannot enforce ${gap.area}: ${gap.found}. ${gap.remedy}`, options);
    this.area = gap.area;
    this.found = gap.found;
    this.remedy = gap.remedy;
  }
}
