import { constants } from "node:fs";
import { access, open, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { AGENT_PROFILES, type AgentProfile, findAgentProfile } from "@wingthing/egg-config/agent-profiles";
import { nearestWord } from "@wingthing/egg-config/nearest-word";

/** Where installers put agents, for a wing that was started without the person's login PATH; below the home folder. */
const HOME_PROGRAM_FOLDERS = [".local/bin", "bin", ".npm-global/bin", ".bun/bin", ".opencode/bin"];
/** The same for the whole machine. */
const SYSTEM_PROGRAM_FOLDERS = ["/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/bin"];
/** Shells to fall back on, in this order, when $SHELL names none. */
const SHELLS = ["/bin/bash", "/bin/sh"];
/** An interpreter line is at most 255 bytes on Linux. */
const MAX_SHEBANG_BYTES = 256;

/** No agent has this name. */
export class UnknownAgentError extends Error {
  override readonly name = "UnknownAgentError";
  readonly agent: string;
  readonly nearest: string | undefined;
  constructor(agent: string) {
    const names = AGENT_PROFILES.map((profile) => profile.name);
    const nearest = nearestWord(agent, names);
    const hint = nearest === undefined ? "" : `did you mean ${nearest}? `;
    super(`there is no agent ${JSON.stringify(agent.slice(0, 64))}: ${hint}known agents are ${names.join(", ")}`);
    this.agent = agent;
    this.nearest = nearest;
  }
}

/** The agent's program is not on this machine. */
export class AgentNotInstalledError extends Error {
  override readonly name = "AgentNotInstalledError";
  readonly agent: string;
  readonly installHint: string;
  constructor(profile: AgentProfile) {
    const program = profile.command[0] ?? "a shell";
    super(
      `${profile.title} is not installed: ${program} was found neither in PATH nor where installers put it. Install it with: ${profile.installHint}`,
    );
    this.agent = profile.name;
    this.installHint = profile.installHint;
  }
}

/** Where programs are looked for. */
export interface ProgramSearch {
  readonly home: string;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
}

/** How an agent is started here. */
export interface AgentCommand {
  readonly profile: AgentProfile;
  /** Program, absolute, and the profile's fixed arguments. */
  readonly argv: readonly [string, ...string[]];
  /** Folders that the program, its interpreter and its libraries are installed in, outside the system's own. */
  readonly installRoots: readonly string[];
  /** PATH for the agent: the person's, with the program's own folder in it. */
  readonly path: string;
}

/**
 * Finds the agent's program.
 * @throws UnknownAgentError, AgentNotInstalledError.
 */
export async function findAgentCommand(name: string, search: ProgramSearch): Promise<AgentCommand> {
  const profile = findAgentProfile(name);
  if (profile === undefined) throw new UnknownAgentError(name);
  const [command, ...fixedArgs] = profile.command;
  const program = command === undefined ? await findShell(search) : await findProgram(command, search);
  if (program === undefined) throw new AgentNotInstalledError(profile);
  return {
    profile,
    argv: [program, ...fixedArgs],
    installRoots: await installRootsOf(program, search),
    path: pathWith(dirname(program), search),
  };
}

/** Whether the agent's program is on this machine. */
export async function isInstalled(profile: AgentProfile, search: ProgramSearch): Promise<boolean> {
  const command = profile.command[0];
  return (command === undefined ? await findShell(search) : await findProgram(command, search)) !== undefined;
}

async function findShell({ hostEnv }: ProgramSearch): Promise<string | undefined> {
  for (const shell of [hostEnv["SHELL"] ?? "", ...SHELLS]) {
    if (isAbsolute(shell) && (await isProgram(shell))) return shell;
  }
  return undefined;
}

async function findProgram(command: string, search: ProgramSearch): Promise<string | undefined> {
  if (isAbsolute(command)) return (await isProgram(command)) ? command : undefined;
  for (const folder of programFolders(search)) {
    const program = join(folder, command);
    if (await isProgram(program)) return program;
  }
  return undefined;
}

/** Relative entries of PATH are left out: what they name depends on the folder of a session. */
function programFolders({ home, hostEnv }: ProgramSearch): string[] {
  const path = (hostEnv["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  return [
    ...new Set([...path, ...HOME_PROGRAM_FOLDERS.map((folder) => join(home, folder)), ...SYSTEM_PROGRAM_FOLDERS]),
  ];
}

function pathWith(folder: string, { hostEnv }: ProgramSearch): string {
  const path = (hostEnv["PATH"] ?? SYSTEM_PROGRAM_FOLDERS.join(delimiter)).split(delimiter).filter(isAbsolute);
  return (path.includes(folder) ? path : [folder, ...path]).join(delimiter);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function installRootsOf(program: string, search: ProgramSearch): Promise<string[]> {
  const real = await realpath(program);
  const interpreter = await interpreterOf(real, search);
  const programs =
    interpreter === undefined ? [program, real] : [program, real, interpreter, await realpath(interpreter)];
  const roots = programs.map((found) => {
    const root = installRoot(found);
    // A program that lies openly in the home folder does not make all of home part of it.
    return root === search.home ? found : root;
  });
  return [...new Set(roots)].filter((root) => !isSystemFolder(root));
}

/** The folder that holds everything a program was installed with. */
function installRoot(program: string): string {
  const modules = program.indexOf("/node_modules/");
  if (modules === -1) return dirname(program);
  const prefix = program.slice(0, modules);
  return prefix.endsWith("/lib") ? dirname(prefix) : prefix;
}

/** Folders that every egg can read in any case. */
function isSystemFolder(folder: string): boolean {
  return ["/usr", "/bin", "/lib", "/opt", "/sbin"].some(
    (system) => folder === system || folder.startsWith(`${system}/`),
  );
}

/** The program of a script's first line: "#!/usr/bin/env node" or "#!/opt/node/bin/node". */
async function interpreterOf(script: string, search: ProgramSearch): Promise<string | undefined> {
  const [program, ...args] = (await firstLine(script))?.replace(/^#!\s*/, "").split(/\s+/) ?? [];
  if (program === undefined) return undefined;
  const named = program.endsWith("/env") ? args.find((arg) => !arg.startsWith("-")) : program;
  return named === undefined ? undefined : findProgram(named, search);
}

async function firstLine(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_SHEBANG_BYTES), 0, MAX_SHEBANG_BYTES, 0);
    const text = buffer.toString("latin1", 0, bytesRead);
    return text.startsWith("#!") ? text.split("\n", 1)[0]?.trim() : undefined;
  } finally {
    await file.close();
  }
}
