import type { FileFacts, HostFiles } from "../host/host-files.ts";

/** What stands at a path: a folder, a file with this text, a link, or a socket; or full facts. */
export type MadeUpFile =
  | "folder"
  | "socket"
  | { readonly text: string }
  | { readonly link: string }
  | Partial<FileFacts>;

const FACTS: FileFacts = { kind: "file", mode: 0o644, uid: 1000, gid: 1000 };

/** A file tree out of a table; the folders above each entry exist too. */
export class MadeUpFiles implements HostFiles {
  readonly #entries = new Map<string, MadeUpFile>([["/", "folder"]]);
  readonly #closed: ReadonlySet<string>;

  constructor(entries: Readonly<Record<string, MadeUpFile>>, closed: readonly string[] = []) {
    this.#closed = new Set(closed);
    for (const [path, entry] of Object.entries(entries)) {
      for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
        const folder = path.slice(0, at);
        if (!this.#entries.has(folder)) this.#entries.set(folder, "folder");
      }
      this.#entries.set(path, entry);
    }
  }

  get paths(): readonly string[] {
    return [...this.#entries.keys()];
  }

  facts(path: string): FileFacts | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    if (entry === "folder") return { ...FACTS, kind: "folder", mode: 0o755 };
    if (entry === "socket") return { ...FACTS, kind: "socket" };
    if ("text" in entry) return FACTS;
    if ("link" in entry) return { ...FACTS, kind: "link" };
    return { ...FACTS, ...entry };
  }

  linkTarget(path: string): string {
    const entry = this.#entries.get(path);
    return typeof entry === "object" && "link" in entry ? entry.link : "";
  }

  names(path: string): readonly string[] {
    const inside = path === "/" ? "/" : `${path}/`;
    return [...this.#entries.keys()]
      .filter((other) => other !== "/" && other.startsWith(inside) && !other.slice(inside.length).includes("/"))
      .map((other) => other.slice(inside.length));
  }

  isWritable(folder: string): boolean {
    return !this.#closed.has(folder);
  }

  text(path: string): string {
    const entry = this.#entries.get(path);
    return typeof entry === "object" && "text" in entry ? entry.text : "";
  }
}
