import { nearestWord } from "@wingthing/egg-config/nearest-word";
import { parseDuration } from "@wingthing/egg-config/quantity";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";

/** Where in wing.yaml something is; line and column count from 1. */
export interface ConfigPosition {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** wing.yaml says something that cannot be used. */
export class WingConfigError extends Error {
  override readonly name = "WingConfigError";
  readonly position: ConfigPosition;
  constructor(position: ConfigPosition, problem: string) {
    super(`${position.source}:${position.line}:${position.column}: ${problem}`);
    this.position = position;
  }
}

/** Roots of a wing; each is searched for projects. */
const MAX_PATHS = 64;
const MAX_LABELS = 32;
const MAX_NAME_CHARS = 64;

const path = z
  .string("wanted a path")
  .max(4096)
  .regex(/^(\/|~$|~\/)/, 'wanted an absolute path, or one that begins with "~/"');
const DURATION_WANTED = 'wanted a duration such as "30m", "4h" or "7d", or "off"';
/** Milliseconds; undefined for "off", which YAML 1.1 reads as false. */
const duration = z.union([z.literal(false), z.string()], DURATION_WANTED).transform((value, ctx) => {
  if (value === false || value === "off") return undefined;
  const durationMs = durationMsOf(value);
  if (durationMs !== undefined && durationMs > 0) return durationMs;
  ctx.addIssue({ code: "custom", message: DURATION_WANTED });
  return z.NEVER;
});

function durationMsOf(text: string): number | undefined {
  try {
    return parseDuration(text) * 1_000;
  } catch {
    return undefined;
  }
}

const schema = z
  .object({
    label: z.string("wanted a name").min(1).max(MAX_NAME_CHARS),
    paths: z.array(path, "wanted a list of folders").min(1, "wanted at least one folder").max(MAX_PATHS),
    labels: z.array(z.string("wanted a tag").min(1).max(MAX_NAME_CHARS), "wanted a list of tags").max(MAX_LABELS),
    egg_config: path,
    idle_timeout: duration,
    retention: duration,
  })
  .partial();

/** Keys of wing.yaml that this version reads. */
const KEYS: readonly string[] = Object.keys(schema.shape);

/** Keys that later versions read, with the one value that already holds: to ignore another would promise what is not kept. */
const LATER_KEYS: Readonly<Record<string, unknown>> = {
  org: undefined,
  locked: false,
  auth_ttl: undefined,
  admins: undefined,
  audit: false,
  debug: false,
  conv: undefined,
  spectate: false,
  allow_keys: undefined,
  tools_dir: undefined,
};

/** What wing.yaml says. */
export interface WingConfig {
  readonly label?: string;
  /** Folders where sessions may start. */
  readonly paths?: readonly string[];
  readonly labels: readonly string[];
  /** The person's egg.yaml, in place of ~/.wingthing/egg.yaml. */
  readonly eggConfig?: string;
  /** A session without input or output for this long is stopped. */
  readonly idleTimeoutMs?: number;
  /** An ended session is forgotten after this. */
  readonly retentionMs?: number;
}

/** Without a wing.yaml. */
export const DEFAULT_WING_CONFIG: WingConfig = { labels: [] };

/** Reads wing.yaml. @throws WingConfigError with line, column and the nearest valid key. */
export function parseWingConfig(text: string, source: string): WingConfig {
  const file = new WingYaml(text, source);
  const parsed = schema.safeParse(file.fields());
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw file.errorAt(issue?.path ?? [], `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "cannot be used"}`);
  }
  const { label, paths, labels = [], egg_config, idle_timeout, retention } = parsed.data;
  return {
    labels,
    ...(label === undefined ? {} : { label }),
    ...(paths === undefined ? {} : { paths }),
    ...(egg_config === undefined ? {} : { eggConfig: egg_config }),
    ...(idle_timeout === undefined ? {} : { idleTimeoutMs: idle_timeout }),
    ...(retention === undefined ? {} : { retentionMs: retention }),
  };
}

/** The file as a tree that knows where everything stands. */
class WingYaml {
  readonly #source: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string, source: string) {
    this.#source = source;
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
    const problem = this.#document.errors[0];
    if (problem !== undefined) throw this.#error(problem.pos[0], problem.message.split(" at line ", 1)[0] ?? "");
  }

  /** The fields that this version reads. @throws WingConfigError for any other. */
  fields(): Record<string, unknown> {
    const { contents } = this.#document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return {};
    if (!isMap(contents)) throw this.#error(0, "wanted lines such as `label: my laptop`");
    const fields: Record<string, unknown> = {};
    for (const { key, value } of contents.items) {
      const name = isScalar(key) ? String(key.value) : "";
      const at = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      const plain = isNode(value) ? value.toJS(this.#document) : null;
      if (KEYS.includes(name)) fields[name] = plain;
      else if (name in LATER_KEYS) this.#admitLater(name, plain, at);
      else throw this.#error(at, unknownKey(name));
    }
    return fields;
  }

  errorAt(issuePath: readonly PropertyKey[], problem: string): WingConfigError {
    const node = this.#document.getIn(issuePath.map(String), true);
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    return this.#error(offset, problem);
  }

  #admitLater(name: string, value: unknown, at: number): void {
    const holds = LATER_KEYS[name];
    if (holds !== undefined && value === holds) return;
    const may = holds === undefined ? "remove it" : `remove it or set it to ${String(holds)}`;
    throw this.#error(at, `${name} is not supported by this version of wt, and ignoring it would be unsafe: ${may}`);
  }

  #error(offset: number, problem: string): WingConfigError {
    const { line, col } = this.#lines.linePos(offset);
    return new WingConfigError({ source: this.#source, line: Math.max(line, 1), column: Math.max(col, 1) }, problem);
  }
}

function unknownKey(name: string): string {
  const nearest = nearestWord(name, [...KEYS, ...Object.keys(LATER_KEYS)]);
  const hint = nearest === undefined ? "" : `did you mean ${nearest}? `;
  return `${JSON.stringify(name.slice(0, 64))} is not a key of wing.yaml: ${hint}known keys are ${KEYS.join(", ")}`;
}
