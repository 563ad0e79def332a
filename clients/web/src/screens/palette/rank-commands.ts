/** Something that the palette can do. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** What stands beside it: the folder of a session, a chord. */
  readonly hint: string;
  readonly group: "Sessions" | "Actions";
}

/** How well one word of a query fits a text: 3 at its start, 2 at the start of a word, 1 anywhere, 0 nowhere. */
function fit(word: string, text: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return 3;
  return /[\s/._-]/.test(text[at - 1] ?? "") ? 2 : 1;
}

function score(words: readonly string[], command: Command): number {
  const title = command.title.toLowerCase();
  const hint = command.hint.toLowerCase();
  let total = 0;
  for (const word of words) {
    const best = Math.max(fit(word, title) * 2, fit(word, hint));
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

/** Commands that hold every word of the query, best first; all of them, in their order, for an empty query. */
export function rankCommands<C extends Command>(query: string, commands: readonly C[]): readonly C[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return commands;
  return commands
    .map((command) => ({ command, points: score(words, command) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ command }) => command);
}
