import { clampGrid, type Grid } from "@wingthing/attached-session/grid";

/** A cell of JetBrains Mono in parts of the type's size: its advance, and our line height. */
const CELL_WIDTH = 0.6;
const CELL_HEIGHT = 1.584;
/** Header, padding and scrollbar, in CSS pixels. */
const AROUND = { width: 38, height: 68 };

/**
 * The grid that a terminal in a window of this size will have, before there is one to measure: the program starts in
 * it, and seldom has to redraw when the real terminal opens.
 */
export function likelyGrid(width: number, height: number, fontPx: number): Grid {
  return clampGrid({
    columns: (width - AROUND.width) / (fontPx * CELL_WIDTH),
    rows: (height - AROUND.height) / (fontPx * CELL_HEIGHT),
  });
}
