const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long a time span is, in one unit that a person reads at a glance: "now", "4 min", "2 h", "3 d". */
export function spanWords(ms: number): string {
  if (ms < MINUTE_MS) return "now";
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** The same as a moment in the past: "just now", "4 min ago". */
export function agoWords(ms: number): string {
  return ms < MINUTE_MS ? "just now" : `${spanWords(ms)} ago`;
}
