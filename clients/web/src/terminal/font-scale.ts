import type { Grid } from "@wingthing/attached-session/grid";

/** Below this nobody reads; a grid that needs less is panned. In CSS pixels. */
export const LEAST_FONT_PX = 6;

/**
 * The size of the type that makes a grid of another viewer fit where `own` fits at `fontPx`: never larger than that,
 * in steps of half a pixel.
 */
export function fittingFontPx(fontPx: number, own: Grid, shown: Grid): number {
  const scale = Math.min(1, own.columns / shown.columns, own.rows / shown.rows);
  return Math.max(LEAST_FONT_PX, Math.floor(fontPx * scale * 2) / 2);
}
