import type { FileKind, HostFiles } from "./host-files.ts";

/** The kernel's own limit, MAXSYMLINKS. */
const MAX_LINKS = 40;

/** Where a path really leads. */
export interface RealPath {
  /** The path without links; for a missing one the existing part is resolved and the rest appended. */
  readonly path: string;
  readonly kind: Exclude<FileKind, "link"> | "missing";
  /** The links on the way, each by its own real path. */
  readonly links: readonly string[];
}

/** Follows every link of an absolute path. A loop or a dangling link ends as a missing path. */
export function resolveRealPath(path: string, files: HostFiles): RealPath {
  const links: string[] = [];
  let rest = segmentsOf(path);
  let at = "";
  for (;;) {
    const name = rest.shift();
    if (name === undefined) break;
    if (name === "..") {
      at = at.slice(0, Math.max(at.lastIndexOf("/"), 0));
      continue;
    }
    const next = `${at}/${name}`;
    const kind = files.facts(next)?.kind;
    if (kind === undefined) return { path: join(next, rest), kind: "missing", links };
    if (kind !== "link") {
      at = next;
      continue;
    }
    links.push(next);
    if (links.length > MAX_LINKS) return { path: join(next, rest), kind: "missing", links };
    const target = files.linkTarget(next);
    if (target.startsWith("/")) at = "";
    rest = [...segmentsOf(target), ...rest];
  }
  return { path: at || "/", kind: kindOf(at || "/", files), links };
}

function kindOf(path: string, files: HostFiles): RealPath["kind"] {
  const kind = files.facts(path)?.kind;
  return kind === undefined || kind === "link" ? "missing" : kind;
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "" && segment !== ".");
}

/** A missing part may still climb: the names before a ".." are taken for folders. */
function join(path: string, rest: readonly string[]): string {
  const segments: string[] = [];
  for (const segment of [...segmentsOf(path), ...rest]) {
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

/** The folder that holds a path; "/" holds itself. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
