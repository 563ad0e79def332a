/** First pause after a lost link: presence is to be right again within two seconds. */
export const FIRST_PAUSE_MS = 300;
/** Longest pause: a roost that comes back has its wings again within half a minute. */
export const LONGEST_PAUSE_MS = 30_000;

/** The pause before an attempt: doubles each time, and spreads over half its length so that wings do not come in step. */
export function pauseBefore(attempt: number, random: () => number): number {
  const fullMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt, 16), LONGEST_PAUSE_MS);
  return Math.round(fullMs * (0.5 + random() / 2));
}
