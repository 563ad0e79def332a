import { describe, expect, it } from "vitest";
import { likelyGrid } from "./likely-grid.ts";

describe("likelyGrid()", () => {
  it.each([
    [1440, 900, 13, { columns: 179, rows: 40 }],
    [390, 844, 12, { columns: 48, rows: 40 }],
    [10, 10, 13, { columns: 20, rows: 8 }],
    [100_000, 100_000, 13, { columns: 1_000, rows: 1_000 }],
  ])("for a window of %i × %i at %i px is %j", (width, height, fontPx, grid) => {
    expect(likelyGrid(width, height, fontPx)).toEqual(grid);
  });
});
