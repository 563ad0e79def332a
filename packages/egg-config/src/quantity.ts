import { EggValueError } from "./egg-config-error.ts";

/** Binary multiples, as memory is counted; the letters are those of docker, systemd and ulimit. */
const BYTES_PER_UNIT: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const SIZE = /^(\d{1,12})\s*([KMGT])(?:i?B)?$/i;
const DURATION = /^(\d{1,12})\s*([smhd])$/;

/** Bytes of a size like "4G", "512M", "4GB" or "4GiB"; all of them are powers of two. */
export function parseSize(text: string): number {
  const match = SIZE.exec(text.trim());
  const unit = BYTES_PER_UNIT[match?.[2]?.toUpperCase() ?? ""];
  if (match === null || unit === undefined) {
    throw new EggValueError(`"${text}" is no size; write a whole number and a unit, as in 512M or 4G`);
  }
  return bounded(Number(match[1]) * unit, text);
}

/** Seconds of a duration like "300s", "5m", "4h" or "2d". */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text.trim());
  const unit = SECONDS_PER_UNIT[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    throw new EggValueError(`"${text}" is no duration; write a whole number and a unit, as in 300s, 5m or 4h`);
  }
  return bounded(Number(match[1]) * unit, text);
}

function bounded(value: number, text: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw new EggValueError(`"${text}" is too large to be counted`);
}
