import { create } from "@bufbuild/protobuf";
import { type ResolvedEggConfig, ResolvedEggConfigSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { AgentProfile } from "./agent-profiles.ts";

/** One egg.yaml. */
export interface EggConfigLayer {
  /** The file's name for people and errors, as in "~/.wingthing/egg.yaml". */
  readonly source: string;
  readonly text: string;
}

/** What the effective sandbox is made of. */
export interface EggConfigInput {
  readonly agent: AgentProfile;
  /** Working folder, absolute. */
  readonly cwd: string;
  /** Home folder that the agent sees, absolute. */
  readonly home: string;
  /** wingthing's own folder, absolute; always denied. */
  readonly stateDir: string;
  /** Global, then project. */
  readonly layers: readonly EggConfigLayer[];
  /** Folders that the agent's program is installed in; read-only. */
  readonly installRoots: readonly string[];
}

/**
 * The effective sandbox of one session.
 * @throws EggConfigError with file, line and column.
 */
export function resolveEggConfig(input: EggConfigInput): ResolvedEggConfig {
  return create(ResolvedEggConfigSchema, { env: [...input.agent.env], hostPorts: [...input.agent.hostPorts] });
}
