import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { type ConfigPosition, EggConfigError } from "./egg-config-error.ts";

/** A way down into a document: keys of maps and indexes of lists. */
export type YamlPath = readonly PropertyKey[];

/** Largest egg.yaml; a hand-written one has some hundred bytes. */
export const MAX_YAML_CHARACTERS = 65_536;

/** `*.example.com` without quotes is YAML for "the node that was called .example.com". */
const ALIAS_ADVICE = 'a star begins an alias here; write it in quotes, as in "*.example.com"';

/** One YAML file that can say where its values are written. */
export class YamlDocument {
  readonly #source: string;
  readonly #lines: LineCounter;
  readonly #document: Document;

  private constructor(source: string, lines: LineCounter, document: Document) {
    this.#source = source;
    this.#lines = lines;
    this.#document = document;
  }

  /**
   * Reads one document.
   * @throws EggConfigError where the text is no YAML.
   */
  static parse(source: string, text: string): YamlDocument {
    if (text.length > MAX_YAML_CHARACTERS) {
      throw new EggConfigError(
        { source, line: 1, column: 1 },
        `the file has more than ${MAX_YAML_CHARACTERS} characters`,
      );
    }
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const parsed = new YamlDocument(source, lines, document);
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) {
      throw new EggConfigError(parsed.#at(problem.pos[0]), explain(problem.code, problem.message), { cause: problem });
    }
    return parsed;
  }

  /** The whole as plain values; null for a file with nothing but comments. */
  toValue(): unknown {
    visit(this.#document, {
      Alias: (_, alias) => {
        throw new EggConfigError(this.#at(alias.range?.[0] ?? 0), ALIAS_ADVICE);
      },
    });
    return this.#document.toJS();
  }

  /** Where the value at the path is written, or the nearest thing around it. */
  positionOf(path: YamlPath): ConfigPosition {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#at(node.range[0]);
    }
    return this.#at(this.#document.contents?.range?.[0] ?? 0);
  }

  /** Where a key of the map at the path is written. */
  positionOfKey(path: YamlPath, key: string): ConfigPosition {
    const map: unknown = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    if (isScalar(pair?.key) && pair.key.range) return this.#at(pair.key.range[0]);
    return this.positionOf(path);
  }

  /** An error about the value at the path. */
  error(path: YamlPath, problem: string, options?: ErrorOptions): EggConfigError {
    return new EggConfigError(this.positionOf(path), problem, options);
  }

  /** "file:line" of the value at the path, for rules that say where they come from. */
  sourceOf(path: YamlPath): string {
    return `${this.#source}:${this.positionOf(path).line}`;
  }

  #at(offset: number): ConfigPosition {
    const { line, col } = this.#lines.linePos(offset);
    return { source: this.#source, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function explain(code: string, message: string): string {
  if (code === "BAD_ALIAS") return ALIAS_ADVICE;
  if (code === "MULTIPLE_DOCS") return "a second document begins here; one file holds one";
  return `this is no YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
