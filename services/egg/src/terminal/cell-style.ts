import type { Attributes } from "./headless-core.ts";

/** How a cell looks: xterm's own bits, without those that do not show. */
export interface CellStyle {
  /** Colour and INVERSE, BOLD, BLINK, INVISIBLE, STRIKETHROUGH. */
  readonly fg: number;
  /** Colour and ITALIC, DIM, OVERLINE. */
  readonly bg: number;
  /** 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed. */
  readonly underline: number;
  /** Colour of the underline; 0 for that of the text. */
  readonly underlineColor: number;
  /** Number of the link; 0 for none. */
  readonly link: number;
}

/** Plain text. */
export const PLAIN: CellStyle = { fg: 0, bg: 0, underline: 0, underlineColor: 0, link: 0 };

const COLOR_MASK = 0x3ffffff;
const COLOR_MODE_MASK = 0x3000000;
const RGB_MASK = 0xffffff;
const MODE_16 = 0x1000000;
const MODE_256 = 0x2000000;

const UNDERLINE = 0x10000000;
const HAS_EXTENDED = 0x10000000;
const UNDERLINE_STYLE_MASK = 0x1c000000;
const UNDERLINE_STYLE_SHIFT = 26;

/** Bit, SGR that sets it. */
const FG_FLAGS: readonly (readonly [number, string])[] = [
  [0x8000000, "1"],
  [0x20000000, "5"],
  [0x4000000, "7"],
  [0x40000000, "8"],
  [-0x80000000, "9"],
];
const BG_FLAGS: readonly (readonly [number, string])[] = [
  [0x8000000, "2"],
  [0x4000000, "3"],
  [0x40000000, "53"],
];

const flagMask = (flags: readonly (readonly [number, string])[]) => flags.reduce((mask, [bit]) => mask | bit, 0);
const FG_FLAG_MASK = flagMask(FG_FLAGS);
const BG_FLAG_MASK = flagMask(BG_FLAGS);

/** A colour without the bits that its mode does not use, which xterm leaves behind from the colour before. */
function usedBits(color: number): number {
  const mode = color & COLOR_MODE_MASK;
  if (mode === 0) return 0;
  return mode === MODE_16 || mode === MODE_256 ? color & (COLOR_MODE_MASK | 255) : color & COLOR_MASK;
}

/** The style of a cell. */
export function styleOf({ fg, bg, extended }: Attributes): CellStyle {
  const own = (bg & HAS_EXTENDED) !== 0;
  const style = own ? (extended._ext & UNDERLINE_STYLE_MASK) >> UNDERLINE_STYLE_SHIFT : 0;
  const isUnderlined = (fg & UNDERLINE) !== 0;
  return {
    fg: usedBits(fg) | (fg & FG_FLAG_MASK),
    bg: usedBits(bg) | (bg & BG_FLAG_MASK),
    underline: isUnderlined ? Math.max(style, 1) : 0,
    underlineColor: own && isUnderlined ? usedBits(extended._ext) : 0,
    link: own ? extended.urlId : 0,
  };
}

/** The style that is printed next: here a colour for underlines counts before there is an underline. */
export const penOf = (attributes: Attributes): CellStyle => ({
  ...styleOf(attributes),
  underlineColor: usedBits(attributes.extended._ext),
});

/** The style of cells that were erased while this style was set: nothing but the background. */
export const erasedStyle = (style: CellStyle): CellStyle => ({ ...PLAIN, bg: style.bg & COLOR_MASK });

/** Whether an empty cell of this style looks like one that was only erased. */
export function looksErased(style: CellStyle): boolean {
  const visible = (style.fg & FG_FLAG_MASK) | (style.bg & BG_FLAG_MASK) | style.underline | style.link;
  return visible === 0;
}

/** Whether two styles are the same, links aside. */
export function sameLook(a: CellStyle, b: CellStyle): boolean {
  return a.fg === b.fg && a.bg === b.bg && a.underline === b.underline && a.underlineColor === b.underlineColor;
}

/** SGR of a colour; `base` is 30 for text, 40 for the ground and 50 for underlines, which know no short form. */
function colorSgr(color: number, base: 30 | 40 | 50): string {
  const value = color & RGB_MASK;
  const rgb = [value >>> 16, (value >>> 8) & 255, value & 255];
  const long = base === 50 ? { indexed: "58:5:", direct: "58:2::", joint: ":" } : undefined;
  switch (color & COLOR_MODE_MASK) {
    case 0:
      return `${base + 9}`;
    case MODE_16:
      if (long) return `${long.indexed}${value & 255}`;
      return value & 8 ? `${base + 60 + (value & 7)}` : `${base + (value & 7)}`;
    case MODE_256:
      return long ? `${long.indexed}${value & 255}` : `${base + 8};5;${value & 255}`;
    default:
      return long ? `${long.direct}${rgb.join(long.joint)}` : `${base + 8};2;${rgb.join(";")}`;
  }
}

const underlineSgr = (style: number) => (style === 1 ? "4" : style === 2 ? "21" : `4:${style}`);

/** The sequence that turns one look into another; empty when they are the same. */
export function sgrBetween(from: CellStyle, to: CellStyle): string {
  if (sameLook(from, to)) return "";
  const loses =
    (from.fg & FG_FLAG_MASK & ~to.fg) | (from.bg & BG_FLAG_MASK & ~to.bg) | (from.underline && !to.underline ? 1 : 0);
  const start = loses || from.underlineColor !== to.underlineColor ? PLAIN : from;
  const codes: string[] = start === from ? [] : ["0"];
  for (const [bit, code] of FG_FLAGS) if (to.fg & bit & ~start.fg) codes.push(code);
  for (const [bit, code] of BG_FLAGS) if (to.bg & bit & ~start.bg) codes.push(code);
  if (to.underline !== start.underline) codes.push(underlineSgr(to.underline));
  if ((to.fg & COLOR_MASK) !== (start.fg & COLOR_MASK)) codes.push(colorSgr(to.fg, 30));
  if ((to.bg & COLOR_MASK) !== (start.bg & COLOR_MASK)) codes.push(colorSgr(to.bg, 40));
  if (to.underlineColor !== start.underlineColor) codes.push(colorSgr(to.underlineColor, 50));
  return `\x1b[${codes.join(";")}m`;
}
