import { describe, expect, it } from "vitest";
import { claimedGrid, clampGrid, type GridClaim } from "./grid-policy.ts";

const claim = (usedAt: number, columns?: number, mayType = true): GridClaim => ({
  usedAt,
  mayType,
  ownGrid: columns === undefined ? undefined : { columns, rows: 30 },
});

describe("clampGrid", () => {
  it.each([
    [19, 7, 20, 8],
    [20, 8, 20, 8],
    [21, 9, 21, 9],
    [999, 999, 999, 999],
    [1_000, 1_000, 1_000, 1_000],
    [1_001, 1_001, 1_000, 1_000],
    [1, 500, 20, 500],
  ])("brings %i by %i to %i by %i", (columns, rows, toColumns, toRows) => {
    expect(clampGrid({ columns, rows })).toEqual({ columns: toColumns, rows: toRows });
  });
});

describe("claimedGrid", () => {
  it.each([
    ["nobody is there", [], undefined],
    ["nobody is visible", [claim(3), claim(4)], undefined],
    ["one is visible", [claim(1, 100)], 100],
    ["the last used one is visible", [claim(1, 100), claim(2, 90)], 90],
    ["the last used one is hidden", [claim(1, 100), claim(2)], 100],
    ["the last used one only looks on", [claim(1, 100), claim(2, 90, false)], 100],
    ["the last used one is tiny", [claim(1, 100), claim(2, 5)], 20],
  ])("when %s, follows the visible one that types and was used last", (_when, claims, columns) => {
    expect(claimedGrid(claims)?.columns).toBe(columns);
  });
});
