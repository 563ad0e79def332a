import { create } from "@bufbuild/protobuf";
import {
  type FsRule,
  type Limits,
  LimitsSchema,
  type NetworkRule,
  NetworkRuleSchema,
  type ResolvedEggConfig,
  ResolvedEggConfigSchema,
} from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { AgentProfile } from "./agent-profiles.ts";
import { BUILT_IN_ENV } from "./built-in-paths.ts";
import { EggValueError } from "./egg-config-error.ts";
import { normalizePath } from "./egg-path.ts";
import { type EggYaml, type ParsedEggYaml, parseEggYaml } from "./egg-yaml.ts";
import { agentRules, builtInRules, type FsSubject, finalRules, parseFsRule, rootRule } from "./fs-rules.ts";
import { parseNetworkPattern } from "./network-pattern.ts";
import { parseDuration, parseSize } from "./quantity.ts";
import { checkVariableName } from "./variable-name.ts";
import type { YamlPath } from "./yaml-document.ts";

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
  /** Folders of the agent's program; read-only. */
  readonly installRoots: readonly string[];
}

/** Least memory that a node program starts with, so that a slip of the pen is not a session that dies at once. */
const MIN_MEMORY_BYTES = 64 * 2 ** 20;

/** A session that may use less CPU than this ends before its agent has drawn its screen. */
const MIN_CPU_SECONDS = 5;

/** The egg listens on each of them; a person who needs more wants another network, not ports. */
const MAX_HOST_PORTS = 16;

/**
 * The effective sandbox of one session: built-in rules, the agent's profile, then each layer over what is below it.
 * @throws EggConfigError with file, line and column.
 */
export function resolveEggConfig(input: EggConfigInput): ResolvedEggConfig {
  const draft = new Draft(subjectOf(input));
  for (const layer of input.layers) draft.lay(parseEggYaml(layer.source, layer.text));
  return draft.finish();
}

function subjectOf(input: EggConfigInput): FsSubject {
  return {
    agent: input.agent,
    cwd: normalizePath(input.cwd),
    home: normalizePath(input.home),
    stateDir: normalizePath(input.stateDir),
    installRoots: input.installRoots.map(normalizePath),
  };
}

/** The sandbox while layers are laid over it. */
class Draft {
  readonly #subject: FsSubject;
  readonly #limits: Limits = create(LimitsSchema);
  #fs: FsRule[];
  #network: NetworkRule[] = [];
  readonly #hostPorts: Set<number>;
  readonly #env: Set<string>;
  #skipPermissions = false;

  constructor(subject: FsSubject) {
    this.#subject = subject;
    this.#fs = [...builtInRules(subject), ...agentRules(subject)];
    this.#hostPorts = new Set(subject.agent.hostPorts);
    this.#env = new Set([...BUILT_IN_ENV, ...subject.agent.env]);
  }

  lay(layer: ParsedEggYaml): void {
    const { value } = layer;
    refuseUnsupported(layer);
    if (value.base === "none") this.#clear();
    this.#fs.push(...this.#fsOf(layer));
    this.#layNetwork(layer);
    for (const [index, name] of (value.env ?? []).entries()) {
      this.#env.add(at(layer, ["env", index], () => checkVariableName(name)));
    }
    this.#layLimits(layer);
    this.#skipPermissions = value.dangerously_skip_permissions ?? this.#skipPermissions;
  }

  finish(): ResolvedEggConfig {
    const { agent } = this.#subject;
    const own = agent.domains.map((domain) => hostRule(domain, `agent ${agent.name}`));
    return create(ResolvedEggConfigSchema, {
      fs: [rootRule(), ...this.#fs, ...finalRules(this.#subject)],
      network: [...own, ...this.#network],
      env: [...this.#env],
      limits: this.#limits,
      dangerouslySkipPermissions: this.#skipPermissions,
      hostPorts: [...this.#hostPorts],
    });
  }

  /** `base: none` drops everything that lies below, but not what the agent needs and not the final rules. */
  #clear(): void {
    this.#fs = agentRules(this.#subject);
    this.#network = [];
    this.#env.clear();
    for (const name of [...BUILT_IN_ENV, ...this.#subject.agent.env]) this.#env.add(name);
  }

  #fsOf(layer: ParsedEggYaml): FsRule[] {
    return (layer.value.fs ?? []).map((text, index) =>
      at(layer, ["fs", index], () => parseFsRule(text, this.#subject, layer.document.sourceOf(["fs", index]))),
    );
  }

  /** A lone `none` takes back what the layers below opened; what the agent itself needs stays. */
  #layNetwork(layer: ParsedEggYaml): void {
    const { network = [] } = layer.value;
    if (network.length === 1 && network[0] === "none") {
      this.#network = [];
      return;
    }
    for (const [index, text] of network.entries()) {
      const path = ["network", index];
      const pattern = at(layer, path, () => parseNetworkPattern(text));
      if (pattern.kind === "host-port") at(layer, path, () => this.#addHostPort(pattern.port));
      else this.#network.push(hostRule(pattern.host, layer.document.sourceOf(path), pattern.ports));
    }
  }

  #addHostPort(port: number): void {
    this.#hostPorts.add(port);
    if (this.#hostPorts.size <= MAX_HOST_PORTS) return;
    throw new EggValueError(`more than ${MAX_HOST_PORTS} ports of this machine are open by now; remove some`);
  }

  #layLimits(layer: ParsedEggYaml): void {
    const cpu = limitOf(layer, "cpu");
    const memory = limitOf(layer, "memory");
    const limits = this.#limits;
    if (cpu !== undefined) limits.cpuSeconds = BigInt(at(layer, cpu.path, () => atLeastCpu(cpu.value)));
    if (memory !== undefined) limits.memoryBytes = BigInt(at(layer, memory.path, () => atLeastMemory(memory.value)));
    limits.maxFds = limitOf(layer, "max_fds")?.value ?? limits.maxFds;
    limits.maxPids = limitOf(layer, "max_pids")?.value ?? limits.maxPids;
  }
}

/** Settings that a later version carries out. Taken and not done, they would be promises. */
function refuseUnsupported({ document, value }: ParsedEggYaml): void {
  if (value.base !== undefined && value.base !== "none") {
    throw document.error(
      ["base"],
      'bases other than none are not supported by this version; leave "base" out for the built-in rules',
    );
  }
  if (value.audit === true) {
    throw document.error(["audit"], "recording is not supported by this version; remove it or set it to false");
  }
  if (Object.keys(value.agent_settings ?? {}).length > 0) {
    throw document.error(["agent_settings"], "settings for agents are not supported by this version; remove them");
  }
}

function hostRule(host: string, source: string, ports: readonly number[] = []): NetworkRule {
  return create(NetworkRuleSchema, { host, ports: [...ports], source });
}

type LimitKey = "cpu" | "memory" | "max_fds" | "max_pids";

/** A ceiling, whether it stands at the top or under `resources`; both at once would leave open which one counts. */
function limitOf<K extends LimitKey>(
  { document, value }: ParsedEggYaml,
  key: K,
): { readonly value: NonNullable<EggYaml[K]>; readonly path: YamlPath } | undefined {
  const flat = value[key];
  const nested = value.resources?.[key];
  if (flat != null && nested != null) {
    throw document.error(["resources", key], `"${key}" is set twice, here and at the top level; remove one`);
  }
  if (flat != null) return { value: flat, path: [key] };
  return nested != null ? { value: nested, path: ["resources", key] } : undefined;
}

function atLeastCpu(text: string): number {
  const seconds = parseDuration(text);
  if (seconds >= MIN_CPU_SECONDS) return seconds;
  throw new EggValueError(`"${text}" is too little for any agent to start; write at least ${MIN_CPU_SECONDS}s`);
}

function atLeastMemory(text: string): number {
  const bytes = parseSize(text);
  if (bytes >= MIN_MEMORY_BYTES) return bytes;
  throw new EggValueError(`"${text}" is too little for any agent to start; write at least 64M`);
}

/** Runs a parser of one value, and says where the value is written when it refuses. */
function at<T>(layer: ParsedEggYaml, path: YamlPath, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof EggValueError) throw layer.document.error(path, error.message, { cause: error });
    throw error;
  }
}
