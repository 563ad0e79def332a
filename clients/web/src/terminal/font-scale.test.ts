import { describe, expect, it } from "vitest";
import { fittingFontPx, LEAST_FONT_PX } from "./font-scale.ts";

const grid = (columns: number, rows: number) => ({ columns, rows });

describe("fittingFontPx()", () => {
  it.each([
    ["the same grid", grid(80, 24), 13],
    ["a smaller grid", grid(40, 12), 13],
    ["a wider grid", grid(160, 24), 6.5],
    ["a taller grid", grid(80, 30), 10],
    ["a grid that can never fit", grid(800, 24), LEAST_FONT_PX],
  ])("for %s is %#", (_case, shown, size) => {
    expect(fittingFontPx(13, grid(80, 24), shown)).toBe(size);
  });
});
