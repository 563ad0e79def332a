import type { ResolvedEggConfig } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { Enforcement } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { NetworkEntry } from "../gateway/gateway.ts";
import type { Launch } from "./launch.ts";
import { NotEnforceableError } from "./not-enforceable.ts";

/** Everything that one sandbox is made of. */
export interface SandboxRequest {
  /** Program and arguments; the program is an absolute path. */
  readonly argv: readonly string[];
  /** Working folder, absolute. */
  readonly cwd: string;
  /** Home folder that the agent sees, absolute. */
  readonly home: string;
  /** The agent's whole environment; the network entry's variables are laid over it. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: ResolvedEggConfig;
  /** The egg's own folder (0700), where the private files of a start are kept. */
  readonly eggDir: string;
  readonly network: NetworkEntry;
}

/** A sandbox that is ready to be spawned once. */
export interface Sandbox {
  readonly launch: Launch;
  /** How filesystem, syscalls, limits and tty are enforced; the gateway reports the network. */
  readonly enforcement: readonly Enforcement[];
  /** Closes the descriptors, removes the private files and the placeholders left on the host. Idempotent. */
  release(): Promise<void>;
}

/**
 * Turns a request into something that a PTY can spawn, or refuses.
 * @throws NotEnforceableError when the host cannot enforce a rule; nothing was started and nothing is left behind.
 */
export async function prepareSandbox(request: SandboxRequest): Promise<Sandbox> {
  throw new NotEnforceableError({
    area: "filesystem",
    found: `no sandbox for ${request.cwd}: not built yet`,
    remedy: "Use a version of wingthing that has one",
  });
}
