/** What the sandbox must open for one agent, and how the agent is started. */
export interface AgentProfile {
  /** The word on the command line and in the wire protocol. */
  readonly name: string;
  /** The name for people. */
  readonly title: string;
  /** Program and fixed arguments; empty for `shell`: the person's $SHELL. */
  readonly command: readonly string[];
  /** Arguments that are added when the person lets the agent run without asking. */
  readonly skipPermissionArgs: readonly string[];
  /** Destinations that the agent needs, as network patterns. */
  readonly domains: readonly string[];
  /** TCP ports of the host's own loopback that the agent needs. */
  readonly hostPorts: readonly number[];
  /** Names of variables that pass from the wing's environment into the egg. */
  readonly env: readonly string[];
  /** Paths that the agent keeps its own state in, as "~/…"; each is created when it is missing. */
  readonly writable: readonly string[];
  /** The agent's own settings file, as "~/…". */
  readonly settings?: string;
  /** The command that installs the agent. */
  readonly installHint: string;
}

/** The agents that wingthing knows without being told. */
export const AGENT_PROFILES: readonly AgentProfile[] = [
  {
    name: "shell",
    title: "Shell",
    command: [],
    skipPermissionArgs: [],
    domains: [],
    hostPorts: [],
    env: [],
    writable: [],
    installHint: "chsh -s /bin/bash",
  },
];

/** The profile with exactly this name. */
export function findAgentProfile(name: string): AgentProfile | undefined {
  return AGENT_PROFILES.find((profile) => profile.name === name);
}
