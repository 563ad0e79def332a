/**
 * Ceilings of an egg whose egg.yaml names none. They stop run-aways, not work: a large build stays below each.
 * There is no number for memory: it is the host's, see the egg.
 */
export const DEFAULT_LIMITS = {
  /** CPU time of each process; an agent that idles all day uses minutes. */
  cpuSeconds: 24 * 3_600,
  /** Descriptors of each process; bundlers that watch large trees hold some ten thousand. */
  maxFds: 65_536,
  /** Processes and threads; a parallel build with a browser beside it has about a thousand. */
  maxPids: 4_096,
} as const;
