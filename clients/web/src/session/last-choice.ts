/** What a person chose for the last session. */
export interface LastChoice {
  readonly agent: string;
  readonly wingId: string;
}

/** Key of the one record. */
export const LAST_CHOICE = "last-choice";

/** Reads what was stored; anything else counts as nothing. */
export function parseLastChoice(stored: unknown): LastChoice | undefined {
  if (typeof stored !== "object" || stored === null || !("agent" in stored) || !("wingId" in stored)) return undefined;
  const { agent, wingId } = stored;
  return typeof agent === "string" && typeof wingId === "string" ? { agent, wingId } : undefined;
}
