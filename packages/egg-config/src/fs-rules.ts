import { create } from "@bufbuild/protobuf";
import { FsMode, type FsRule, FsRuleSchema, WhenMissing } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { AGENT_PROFILES, type AgentProfile } from "./agent-profiles.ts";
import { DENIED_IN_HOME, DENIED_IN_PROJECT, READ_ONLY_IN_PROJECT, READABLE_IN_DENIED } from "./built-in-paths.ts";
import { EggValueError } from "./egg-config-error.ts";
import { expandPath, isAtOrBelow, type PathAnchors } from "./egg-path.ts";
import { nearestWord } from "./nearest-word.ts";

/** What the rules of one session are about. */
export interface FsSubject extends PathAnchors {
  readonly agent: AgentProfile;
  /** wingthing's own folder. */
  readonly stateDir: string;
  /** Folders that the agent's program is installed in. */
  readonly installRoots: readonly string[];
}

const BUILT_IN = "built-in";

const MODES: Readonly<Record<string, FsMode>> = {
  rw: FsMode.READ_WRITE,
  ro: FsMode.READ_ONLY,
  deny: FsMode.DENY,
  "deny-write": FsMode.DENY_WRITE,
};

/** Everything is readable; the one rule without which no program starts. */
export function rootRule(): FsRule {
  return rule(FsMode.READ_ONLY, "/", BUILT_IN);
}

/** The rules that hold unless an egg.yaml says `base: none`. */
export function builtInRules(subject: FsSubject): FsRule[] {
  const inHome = (path: string) => expandPath(`~/${path}`, subject);
  const inProject = (path: string) => expandPath(`./${path}`, subject);
  return [
    // Named although "/" covers it: a home below /tmp would otherwise be hidden with it.
    rule(FsMode.READ_ONLY, subject.home, BUILT_IN),
    ...DENIED_IN_HOME.map((path) => rule(FsMode.DENY, inHome(path), BUILT_IN, WhenMissing.IGNORE)),
    ...READABLE_IN_DENIED.map((path) => rule(FsMode.READ_ONLY, inHome(path), BUILT_IN)),
    ...foreignCredentials(subject),
    rule(FsMode.READ_WRITE, subject.cwd, BUILT_IN),
    ...DENIED_IN_PROJECT.map((path) => rule(FsMode.DENY, inProject(path), BUILT_IN, WhenMissing.IGNORE)),
    ...READ_ONLY_IN_PROJECT.map((path) => rule(FsMode.DENY_WRITE, inProject(path), BUILT_IN, WhenMissing.IGNORE)),
  ];
}

/** An agent's credentials are no other agent's business. */
function foreignCredentials(subject: FsSubject): FsRule[] {
  return AGENT_PROFILES.filter((profile) => profile.name !== subject.agent.name).flatMap((profile) =>
    profile.credentials.map((path) =>
      rule(FsMode.DENY, expandPath(path, subject), `${BUILT_IN}: credentials of ${profile.name}`, WhenMissing.IGNORE),
    ),
  );
}

/** What the agent's own profile opens, and what of that stays closed. */
export function agentRules(subject: FsSubject): FsRule[] {
  const { agent, installRoots } = subject;
  const source = `agent ${agent.name}`;
  const made = (path: string) => (path.endsWith("/") ? WhenMissing.CREATE_FOLDER : WhenMissing.CREATE_FILE);
  return [
    ...installRoots.map((path) => rule(FsMode.READ_ONLY, path, source)),
    ...agent.writable.map((path) => rule(FsMode.READ_WRITE, expandPath(path, subject), source, made(path))),
    ...agent.protected.map((path) => rule(FsMode.DENY_WRITE, expandPath(path, subject), source, made(path))),
  ];
}

/** The rules that no egg.yaml can take back. */
export function finalRules(subject: FsSubject): FsRule[] {
  const stateDir = rule(FsMode.DENY, subject.stateDir, "built-in: wingthing's own folder", WhenMissing.IGNORE);
  stateDir.locked = true;
  return [
    rule(FsMode.DENY_WRITE, expandPath("./egg.yaml", subject), "built-in: the sandbox of the next session"),
    stateDir,
  ];
}

/**
 * One line of `fs:`, as in "rw:./build".
 * @throws EggValueError when it says something that cannot be.
 */
export function parseFsRule(text: string, subject: FsSubject, source: string): FsRule {
  const colon = text.indexOf(":");
  const word = colon < 0 ? "" : text.slice(0, colon);
  const mode = MODES[word];
  if (mode === undefined) throw new EggValueError(explainMode(text, word));
  const path = expandPath(text.slice(colon + 1), subject);
  refuseTooWide(mode, path, { text, subject });
  return rule(mode, path, source);
}

function explainMode(text: string, word: string): string {
  if (word === "") return `"${text}" names no mode; write one of ${Object.keys(MODES).join(", ")}, as in rw:${text}`;
  const meant = nearestWord(word, Object.keys(MODES));
  const advice = meant === undefined ? `known are ${Object.keys(MODES).join(", ")}` : `did you mean "${meant}"?`;
  return `unknown mode "${word}" in "${text}"; ${advice}`;
}

function refuseTooWide(mode: FsMode, path: string, context: { text: string; subject: FsSubject }): void {
  const { text, subject } = context;
  const opens = mode === FsMode.READ_WRITE || mode === FsMode.READ_ONLY;
  if (opens && isAtOrBelow(path, subject.stateDir)) {
    throw new EggValueError(`"${text}" would open wingthing's own folder, which holds its keys and is always denied`);
  }
  if (mode === FsMode.READ_WRITE && isAtOrBelow(subject.home, path)) {
    throw new EggValueError(
      `"${text}" is too wide: it would let the agent write what your shell runs; name folders, as in rw:~/work`,
    );
  }
  if (mode === FsMode.DENY && path === "/") {
    throw new EggValueError(`"${text}" is not supported by this version; deny the folders that you want hidden`);
  }
}

function rule(mode: FsMode, path: string, source: string, whenMissing: WhenMissing = WhenMissing.UNSPECIFIED): FsRule {
  return create(FsRuleSchema, { mode, path, source, whenMissing });
}
