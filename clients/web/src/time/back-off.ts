/** First wait, in ms: a relay that was only replaced is back by then. */
export const FIRST_WAIT_MS = 250;
/** Longest wait, in ms: a person who looks at the page should not wait longer for a machine that came back. */
export const LONGEST_WAIT_MS = 8_000;

/**
 * How long to wait before try number `attempt` (from 1): doubling, capped, and spread over its upper half so that a
 * thousand browsers do not return at once. `random` gives a number in [0, 1).
 */
export function backOffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
