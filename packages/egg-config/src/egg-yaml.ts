import { z } from "zod";
import { EggConfigError } from "./egg-config-error.ts";
import { nearestWord } from "./nearest-word.ts";
import { YamlDocument, type YamlPath } from "./yaml-document.ts";

const text = z.string();
/** One text stands for a list of one. */
const listOf = (most: number) =>
  z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(text).max(most));

/** Entries of one file. Two files and the built-in rules stay below what the contract of the egg carries. */
const MOST = { fs: 256, network: 256, env: 100 };

/** The ceilings; each may also stand at the top level. */
const limits = {
  cpu: text.optional().describe("CPU time of each process, as in 5m"),
  memory: text.optional().describe("Memory, as in 4G"),
  max_fds: z.int().min(64).max(1_048_576).optional().describe("Open descriptors of each process"),
  max_pids: z.int().min(16).max(4_194_304).optional().describe("Processes and threads of the egg"),
};

const eggYaml = z.strictObject({
  base: z.unknown().optional().describe('"none" for a sandbox without the built-in rules'),
  fs: z
    .array(text)
    .max(MOST.fs)
    .optional()
    .describe("Rules like rw:./build, ro:~/docs, deny:~/.secrets, deny-write:./ci"),
  network: listOf(MOST.network).optional().describe('Hosts like github.com, "*.example.com", example.com:8443, or "*"'),
  env: listOf(MOST.env).optional().describe("Names of variables that pass into the egg"),
  dangerously_skip_permissions: z.boolean().optional().describe("Lets the agent run without asking"),
  ...limits,
  resources: z.strictObject(limits).optional().describe("The ceilings, in one place"),
  agent_settings: z.record(text, text).optional().describe("Settings file for each agent"),
  audit: z.boolean().optional().describe("Records the terminal's output for replay"),
});

/** What an egg.yaml may say, checked for shape but not yet for meaning. */
export type EggYaml = z.infer<typeof eggYaml>;

/** An egg.yaml together with the places where its values are written. */
export interface ParsedEggYaml {
  readonly document: YamlDocument;
  readonly value: EggYaml;
}

const TOP_KEYS = Object.keys(eggYaml.shape);
const LIMIT_KEYS = Object.keys(limits);

/** Keys of other versions that mean something which this one does not do. */
const UNSUPPORTED_KEYS: Readonly<Record<string, string>> = {
  shell: "the shell session starts $SHELL",
  trace: "tracing",
  debug: "debuggers inside the sandbox",
};

/**
 * Reads an egg.yaml.
 * @throws EggConfigError at the first thing that is wrong.
 */
export function parseEggYaml(source: string, yaml: string): ParsedEggYaml {
  const document = YamlDocument.parse(source, yaml);
  const parsed = eggYaml.safeParse(document.toValue() ?? {});
  if (parsed.success) return { document, value: parsed.data };
  throw explainIssue(document, parsed.error.issues[0]);
}

function explainIssue(document: YamlDocument, issue: z.core.$ZodIssue | undefined): EggConfigError {
  if (issue === undefined) return document.error([], "this is no egg.yaml");
  if (issue.code === "unrecognized_keys") return unknownKey(document, issue.path, issue.keys[0] ?? "");
  const name = issue.path.length === 0 ? "an egg.yaml" : nameOf(issue.path);
  return document.error(issue.path, `${name} ${wanted(issue)}`);
}

function unknownKey(document: YamlDocument, path: YamlPath, key: string): EggConfigError {
  const position = document.positionOfKey(path, key);
  const unsupported = path.length === 0 ? UNSUPPORTED_KEYS[key] : undefined;
  if (unsupported !== undefined) {
    return new EggConfigError(position, `"${key}" is not supported by this version (${unsupported}); remove the line`);
  }
  const known = path.length === 0 ? TOP_KEYS : LIMIT_KEYS;
  const meant = nearestWord(key, known);
  const advice = meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
  return new EggConfigError(position, `unknown key "${key}"; ${advice}`);
}

function nameOf(path: YamlPath): string {
  const key = path.findLast((part) => typeof part === "string");
  return typeof path.at(-1) === "number" ? `each entry of "${String(key)}"` : `"${String(key)}"`;
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.path.length === 0 ? "consists of settings, as in  fs: [rw:./]" : `wants ${article(issue)}`;
    case "too_small":
      return `wants at least ${String(issue.minimum)}; leave it out for the default`;
    case "too_big":
      return `wants at most ${String(issue.maximum)}`;
    default:
      return `is wrong: ${issue.message}`;
  }
}

function article(issue: z.core.$ZodIssueInvalidType): string {
  const key = issue.path.at(-1);
  if (key === "memory") return "a size, as in 4G";
  if (key === "cpu") return "a duration, as in 5m";
  const names: Readonly<Record<string, string>> = {
    string: "a text",
    array: key === "fs" ? "a list, as in  fs: [rw:./]" : "a text or a list of texts",
    boolean: "true or false",
    int: "a whole number",
    object: "settings with an indent",
    record: "settings with an indent",
  };
  return names[issue.expected] ?? `a value of type ${issue.expected}`;
}
