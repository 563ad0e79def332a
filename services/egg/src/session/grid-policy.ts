import type { Grid } from "../pty/pty.ts";

/** Least grid that is set, in cells: below it full-screen programs draw nonsense. */
export const MIN_GRID: Grid = { columns: 20, rows: 8 };

/** Largest grid that is set, in cells: what the contract allows. */
export const MAX_GRID: Grid = { columns: 1_000, rows: 1_000 };

/** The grid, brought within the limits. */
export function clampGrid({ columns, rows }: Grid): Grid {
  return {
    columns: Math.min(Math.max(columns, MIN_GRID.columns), MAX_GRID.columns),
    rows: Math.min(Math.max(rows, MIN_GRID.rows), MAX_GRID.rows),
  };
}

/** Whether two grids are the same. */
export const sameGrid = (a: Grid, b: Grid): boolean => a.columns === b.columns && a.rows === b.rows;

/** What decides whether a viewer's grid counts. */
export interface GridClaim {
  readonly mayType: boolean;
  /** The viewer's own grid; undefined while it is hidden or only a thumbnail. */
  readonly ownGrid: Grid | undefined;
  /** When it was used: a larger number is later. */
  readonly usedAt: number;
}

/** The grid of the visible viewer that was used last; undefined when none counts, and then the grid stays. */
export function claimedGrid(claims: Iterable<GridClaim>): Grid | undefined {
  let owner: GridClaim | undefined;
  for (const claim of claims) {
    if (claim.mayType && claim.ownGrid && (!owner || claim.usedAt > owner.usedAt)) owner = claim;
  }
  return owner?.ownGrid && clampGrid(owner.ownGrid);
}
