/** How samples are spread. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** There was nothing to measure. */
export class NoSamplesError extends Error {
  override readonly name = "NoSamplesError";
  constructor() {
    super("no samples: wanted at least one");
  }
}

/** The smallest sample that is not below the given share (0 < share ≤ 1) of all; throws NoSamplesError. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new NoSamplesError();
  return value;
}

/** Median, 99th percentile and largest; throws NoSamplesError. */
export function spreadOf(samples: readonly number[]): Spread {
  return {
    count: samples.length,
    p50: percentile(samples, 0.5),
    p99: percentile(samples, 0.99),
    max: percentile(samples, 1),
  };
}
