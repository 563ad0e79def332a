/** A path for people: the home folder as "~". */
export function withTilde(path: string, home: string): string {
  if (home === "" || home === "/") return path;
  if (path === home) return "~";
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/**
 * A path that fits: when it is longer than `maxCharacters`, whole parts of its middle give way to "…". The last part
 * always stays, for it is what a person looks for.
 */
export function shortPath(path: string, home: string, maxCharacters: number): string {
  const full = withTilde(path, home);
  if (full.length <= maxCharacters) return full;
  const parts = full.split("/");
  const first = parts[0] === "" ? `/${parts[1] ?? ""}` : (parts[0] ?? "");
  const rest = parts.slice(parts[0] === "" ? 2 : 1);
  for (let dropped = 1; dropped < rest.length; dropped++) {
    const candidate = [first, "…", ...rest.slice(dropped)].join("/");
    if (candidate.length <= maxCharacters) return candidate;
  }
  const last = rest.at(-1);
  return last === undefined ? full : `…/${last}`;
}

/** The last part of a path, as a name. */
export function folderName(path: string): string {
  return path.split("/").findLast((part) => part !== "") ?? "/";
}
