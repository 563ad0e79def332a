import type { Project } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";
import { plainText } from "../../wing/plain-text.ts";
import { withTilde } from "../../wing/short-path.ts";

/** A folder that a person may mean. */
export interface FolderSuggestion {
  /** As it goes into the field. */
  readonly path: string;
  /** As it is shown. */
  readonly shown: string;
  readonly git: boolean;
  readonly recent: boolean;
}

/** Rows of the list; more than these nobody reads, they type on. */
const MAX_SUGGESTIONS = 50;

/** A suggestion from a folder of the wing. */
export function suggestionOf({ path, git, recent }: Project, home: string): FolderSuggestion {
  const short = withTilde(path, home);
  return { path: short, shown: plainText(short, 200), git, recent };
}

/** Whether the text is a path, which the wing completes, and not a name, which is looked up among its projects. */
export function isPath(typed: string): boolean {
  return typed.startsWith("/") || typed.startsWith("~");
}

/** Projects whose path holds the typed text, those whose name begins with it first. */
export function matchProjects(projects: readonly FolderSuggestion[], typed: string): readonly FolderSuggestion[] {
  const wanted = typed.trim().toLowerCase();
  const beginsWith = ({ path }: FolderSuggestion) => (path.split("/").at(-1) ?? "").toLowerCase().startsWith(wanted);
  return projects
    .filter(({ path }) => path.toLowerCase().includes(wanted))
    .sort((a, b) => Number(beginsWith(b)) - Number(beginsWith(a)))
    .slice(0, MAX_SUGGESTIONS);
}
