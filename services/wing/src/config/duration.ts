/** Milliseconds of each unit of a duration as people write it. */
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PATTERN = /^(\d{1,9})(s|m|h|d)$/;

/** Milliseconds of "90s", "30m", "4h" or "7d"; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = PATTERN.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : UNITS[unit];
  return count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs;
}
