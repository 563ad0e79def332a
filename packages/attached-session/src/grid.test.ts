import { describe, expect, it } from "vitest";
import { clampGrid, LEAST_GRID, sameGrid } from "./grid.ts";

describe("clampGrid()", () => {
  it.each([
    [LEAST_GRID.columns - 1, LEAST_GRID.rows - 1, LEAST_GRID],
    [LEAST_GRID.columns, LEAST_GRID.rows, LEAST_GRID],
    [LEAST_GRID.columns + 1, LEAST_GRID.rows + 1, { columns: LEAST_GRID.columns + 1, rows: LEAST_GRID.rows + 1 }],
    [1_001, 1_000, { columns: 1_000, rows: 1_000 }],
    [80.9, 24.1, { columns: 80, rows: 24 }],
    [Number.NaN, 0, LEAST_GRID],
  ])("of %d × %d is %j", (columns, rows, grid) => {
    expect(clampGrid({ columns, rows })).toEqual(grid);
  });
});

describe("sameGrid()", () => {
  it("compares both sides, and takes an unknown grid for no grid", () => {
    expect(sameGrid({ columns: 80, rows: 24 }, { columns: 80, rows: 24 })).toBe(true);
    expect(sameGrid({ columns: 80, rows: 24 }, { columns: 80, rows: 25 })).toBe(false);
    expect(sameGrid({ columns: 80, rows: 24 }, undefined)).toBe(false);
  });
});
