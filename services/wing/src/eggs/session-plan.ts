import type { ResolvedEggConfig } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { TerminalSize } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { type EggConfigLayer, resolveEggConfig } from "@wingthing/egg-config/resolve-egg-config";
import { readPlainFile } from "../identity/private-file.ts";
import { findProjectEggYaml, MAX_EGG_YAML_BYTES } from "../workspace/project-egg-yaml.ts";
import { isInside, type Roots, realFolder } from "../workspace/roots.ts";
import { type AgentCommand, findAgentCommand } from "./agent-command.ts";
import type { SessionPlan } from "./egg-supervisor.ts";
import { loosenedBy } from "./loosening.ts";

/** The egg's terminal understands what xterm does, whatever terminal the wing itself was started in. */
const TERMINAL_ENV = { TERM: "xterm-256color", COLORTERM: "truecolor" };

/** A project's egg.yaml opens more than the person has agreed to. */
export class ConsentRequiredError extends Error {
  override readonly name = "ConsentRequiredError";
  readonly source: string;
  readonly loosens: readonly string[];
  constructor(source: string, loosens: readonly string[]) {
    super(
      `${source} would loosen the sandbox (${loosens.join("; ")}), which a project may not do by itself: ` +
        "move these lines to ~/.wingthing/egg.yaml if you want them, or remove them",
    );
    this.source = source;
    this.loosens = loosens;
  }
}

/** The working folder of a session is the home folder, or holds it. */
export class FolderTooWideError extends Error {
  override readonly name = "FolderTooWideError";
  constructor(folder: string) {
    super(
      `a session in ${folder} could write your whole home folder, what your shell runs at login included: choose a folder below it`,
    );
  }
}

/** The egg.yaml that wing.yaml names is not there. */
export class EggConfigMissingError extends Error {
  override readonly name = "EggConfigMissingError";
  constructor(path: string) {
    super(`${path}, which egg_config in wing.yaml names, does not exist: make it, or correct wing.yaml`);
  }
}

/** What somebody asked for. */
export interface SessionRequest {
  readonly agent: string;
  readonly cwd: string;
  readonly args: readonly string[];
  readonly size: TerminalSize;
  /** An egg.yaml of the person's own choice, in place of the project's; it needs no consent. */
  readonly eggYaml?: string;
}

/** The machine that a session is planned for. */
export interface PlanningContext {
  readonly home: string;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly stateDir: string;
  readonly roots: Roots;
  /** The person's egg.yaml; only one that wing.yaml names has to exist. */
  readonly globalEggYaml: { readonly path: string; readonly mustExist: boolean };
}

/**
 * Turns a request into what an egg is told.
 * @throws UnknownAgentError, AgentNotInstalledError, the errors of Roots.admit, FolderTooWideError, EggConfigError,
 * ConsentRequiredError.
 */
export async function planSession(request: SessionRequest, context: PlanningContext): Promise<SessionPlan> {
  const cwd = await context.roots.admit(request.cwd);
  if (isInside((await realFolder(context.home)) ?? context.home, cwd)) throw new FolderTooWideError(cwd);
  const command = await findAgentCommand(request.agent, context);
  const config = await sandboxFor(command, cwd, { request, context });
  const skipArgs = config.dangerouslySkipPermissions ? command.profile.skipPermissionArgs : [];
  return {
    agent: command.profile.name,
    argv: [...command.argv, ...skipArgs, ...request.args],
    cwd,
    home: context.home,
    env: agentEnv(config, command, context),
    config,
    size: request.size,
  };
}

async function sandboxFor(
  { profile, installRoots }: AgentCommand,
  cwd: string,
  { request, context }: { request: SessionRequest; context: PlanningContext },
): Promise<ResolvedEggConfig> {
  const { home, stateDir } = context;
  const resolve = (layers: readonly EggConfigLayer[]) =>
    resolveEggConfig({ agent: profile, cwd, home, stateDir, layers, installRoots });
  const global = await globalLayers(context);
  if (request.eggYaml !== undefined)
    return resolve([...global, { source: "egg.yaml of this start", text: request.eggYaml }]);
  const project = await findProjectEggYaml(cwd);
  if (project === undefined) return resolve(global);
  const config = resolve([...global, { source: project.path, text: project.text }]);
  const loosens = loosenedBy(resolve(global), config);
  if (loosens.length > 0) throw new ConsentRequiredError(project.path, loosens);
  return config;
}

async function globalLayers({ globalEggYaml: { path, mustExist } }: PlanningContext): Promise<EggConfigLayer[]> {
  const text = await readPlainFile(path, { maxBytes: MAX_EGG_YAML_BYTES });
  if (text === undefined && mustExist) throw new EggConfigMissingError(path);
  return text === undefined ? [] : [{ source: path, text }];
}

function agentEnv(config: ResolvedEggConfig, command: AgentCommand, context: PlanningContext): Record<string, string> {
  const passed = config.env.flatMap((name) => {
    const value = context.hostEnv[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...TERMINAL_ENV, HOME: context.home, PATH: command.path };
}
