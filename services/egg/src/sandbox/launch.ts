/**
 * What a PTY spawns. `argv` is exec'ed directly with the slave as descriptors 0, 1 and 2; `argv[0]` is absolute.
 * `env` is the whole environment of that process: nothing of the egg's own is added, and nothing secret is in it
 * (the agent's variables travel in a descriptor, because `/proc/PID/environ` is readable).
 */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Open descriptors of this process to hand on: the first becomes 3 in the child, the next 4, and so on. */
  readonly descriptors: readonly number[];
}
