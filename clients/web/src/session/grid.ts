/** Size of a terminal in character cells. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** The smallest grid that an egg gives a program; narrower windows pan or shrink the type. */
export const LEAST_GRID: Grid = { columns: 20, rows: 8 };
/** The largest grid that the contract takes. */
const MOST_CELLS = 1_000;

/** A grid that the contract takes. */
export function clampGrid({ columns, rows }: Grid): Grid {
  const clamp = (cells: number, least: number) => Math.min(MOST_CELLS, Math.max(least, Math.floor(cells) || least));
  return { columns: clamp(columns, LEAST_GRID.columns), rows: clamp(rows, LEAST_GRID.rows) };
}

/** Whether two grids are the same. */
export function sameGrid(a: Grid | undefined, b: Grid | undefined): boolean {
  return a?.columns === b?.columns && a?.rows === b?.rows;
}
