import { EggValueError } from "./egg-config-error.ts";

/** What "~" and "./" stand for. */
export interface PathAnchors {
  /** Absolute. */
  readonly home: string;
  /** Absolute. */
  readonly cwd: string;
}

/** Longest path that the kernel takes, PATH_MAX without its final zero. */
const MAX_PATH_LENGTH = 4_095;

/** Absolute and normalised form of "~", "~/x", "./x", "../x" or "/x". No file is looked at. */
export function expandPath(text: string, anchors: PathAnchors): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) throw new EggValueError(`the path ${JSON.stringify(text)} has control characters`);
  if (/[*?[\]]/.test(text)) {
    throw new EggValueError(`"${text}" has wildcards, which paths do not have here; name the folder`);
  }
  const path = normalizePath(anchor(text, anchors));
  if (path.length > MAX_PATH_LENGTH) throw new EggValueError(`the path is longer than ${MAX_PATH_LENGTH} characters`);
  return path;
}

function anchor(text: string, { home, cwd }: PathAnchors): string {
  if (text.startsWith("/")) return text;
  if (text === "~" || text.startsWith("~/")) return `${home}/${text.slice(2)}`;
  if (text.startsWith("~")) throw new EggValueError(`"${text}" is another person's home; only "~/" is known`);
  if (/^\.{1,2}(\/|$)/.test(text)) return `${cwd}/${text}`;
  throw new EggValueError(`"${text}" does not say where it begins; write ./${text}, ~/${text} or /${text}`);
}

/** Resolves ".", ".." and repeated slashes of an absolute path; no slash at the end. */
export function normalizePath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

/** Whether `path` is `folder` or lies below it; both absolute and normalised. */
export function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}
