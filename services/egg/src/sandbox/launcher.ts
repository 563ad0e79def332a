/** Programs of the host that a start goes through, by absolute path. */
interface LauncherPrograms {
  readonly bash: string;
  readonly bwrap: string;
  readonly env: string;
  readonly prlimit: string;
}

/** What stands between the PTY and the agent. */
export interface LaunchChain {
  readonly programs: LauncherPrograms;
  /** Enters the egg's user and network namespaces; empty to stay. */
  readonly enter: readonly string[];
  /** Descriptor of bubblewrap's options. */
  readonly optionsDescriptor: number;
  /** The highest descriptor that is handed on. */
  readonly lastDescriptor: number;
  /** Folders of cgroups that everything below joins. */
  readonly cgroups: readonly string[];
  readonly limits: readonly string[];
  /** Program and arguments of the agent. */
  readonly command: readonly string[];
}

/**
 * Closes every inherited descriptor but those that are handed on: a folder among them would be a way around every mount.
 * Joins the cgroups. Ignores Ctrl-C and Ctrl-\ for nsenter and bubblewrap, which share the agent's process group and
 * would die of them; `env` gives both back to the agent. `exec -c` leaves an empty environment.
 */
const SCRIPT = `
trap '' INT QUIT
cd /proc/self/fd || exit 126
last=$1; shift
for fd in *; do [ "$fd" -le "$last" ] || exec {fd}>&- || exit 126; done
while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 126; shift; done
shift
cd / || exit 126
exec -c "$@"
`;

/** The argument list that a PTY spawns: launcher → nsenter → bubblewrap → env → prlimit → agent. */
export function launchArguments(chain: LaunchChain): readonly string[] {
  const { programs } = chain;
  return [
    ...[programs.bash, "-p", "-c", SCRIPT, "wt-egg", `${chain.lastDescriptor}`, ...chain.cgroups, "--"],
    ...chain.enter,
    ...[programs.bwrap, "--args", `${chain.optionsDescriptor}`, "--"],
    ...[programs.env, "--default-signal=INT,QUIT"],
    ...[programs.prlimit, ...chain.limits, "--"],
    ...chain.command,
  ];
}
