/** Of two names this far apart nobody means the one by the other. */
const MAX_EDITS = 3;

/** The name that a person most likely meant, or undefined when none is near. */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = Math.min(MAX_EDITS, Math.ceil(typed.length / 2)) + 1;
  for (const name of names) {
    const edits = editDistance(typed.toLowerCase(), name.toLowerCase(), fewest);
    if (edits < fewest) [nearest, fewest] = [name, edits];
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours; stops counting at `most`. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(above, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? at(before, column - 2) + 1
          : most;
      line.push(Math.min(at(above, column) + 1, at(line, column - 1) + 1, replaced, swapped));
    }
    [before, above] = [above, line];
  }
  return Math.min(at(above, b.length), most);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY;
}
