import { FsMode, type FsRule } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";

/** What an agent may do with the files at and below a path. */
export interface AccessRule {
  /** Absolute and normalised. */
  readonly path: string;
  /** Undefined leaves reading as it was without this rule. */
  readonly read?: boolean;
  readonly write: boolean;
  /** No other rule opens anything at or below the path. */
  readonly locked: boolean;
  /** Where the rule comes from, for people. */
  readonly source: string;
}

/** What a decision is about: `write` covers creating, renaming and deleting. */
export type FsOperation = "read" | "write";

/** The answer, and the rule that gave it; no rule means that nothing speaks of the path, which denies. */
export interface FsDecision<R extends AccessRule> {
  readonly allowed: boolean;
  readonly rule: R | undefined;
}

/**
 * The one place that says which of several rules about a path holds: a locked rule of a folder above or of the path
 * itself; else the rule with the longest path; among those on the same path the last.
 */
export class AccessTable<R extends AccessRule> {
  readonly #byPath = new Map<string, R[]>();

  constructor(rules: Iterable<R>) {
    for (const rule of rules) {
      const known = this.#byPath.get(rule.path);
      if (known === undefined) this.#byPath.set(rule.path, [rule]);
      else known.push(rule);
    }
  }

  /** The paths that some rule names. */
  get paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }

  /** Decides about an absolute, normalised path. */
  decide(path: string, operation: FsOperation): FsDecision<R> {
    const rule = this.#locked(path) ?? this.#longest(path, operation);
    const allowed = operation === "read" ? rule?.read : rule?.write;
    return { allowed: allowed ?? false, rule };
  }

  #locked(path: string): R | undefined {
    for (const folder of selfAndAncestors(path)) {
      const locked = this.#byPath.get(folder)?.find((rule) => rule.locked);
      if (locked !== undefined) return locked;
    }
    return undefined;
  }

  #longest(path: string, operation: FsOperation): R | undefined {
    for (const folder of selfAndAncestors(path)) {
      const rules = this.#byPath.get(folder);
      const rule = rules?.findLast((candidate) => operation === "write" || candidate.read !== undefined);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }
}

/** The path and every folder above it, the longest first, "/" last. */
export function* selfAndAncestors(path: string): Generator<string> {
  for (let at = path; at !== "/"; at = at.slice(0, at.lastIndexOf("/")) || "/") yield at;
  yield "/";
}

/** The same rule as a pair of permissions. */
export function accessRuleOf(rule: FsRule): AccessRule {
  const { path, source, locked } = rule;
  switch (rule.mode) {
    case FsMode.READ_WRITE:
      return { path, source, locked, read: true, write: true };
    case FsMode.READ_ONLY:
      return { path, source, locked, read: true, write: false };
    case FsMode.DENY_WRITE:
      return { path, source, locked, write: false };
    default:
      // A mode that this version does not know is a newer one's; the safe reading is to deny.
      return { path, source, locked, read: false, write: false };
  }
}
