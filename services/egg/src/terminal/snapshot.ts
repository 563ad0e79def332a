import { PLAIN, penOf, styleOf } from "./cell-style.ts";
import { designate, shiftTo } from "./charset-names.ts";
import type { Cell, HeadlessCore, ScreenBuffer } from "./headless-core.ts";
import { type Detail, ScreenWriter } from "./screen-writer.ts";
import { BLANK_TERMINAL, modeSequences, type OptionModes } from "./terminal-modes.ts";

/**
 * Longest screen that is sent with its colours, in UTF-16 units: a message may hold 4 MiB and a unit takes up to three
 * bytes. Beyond it, which takes a grid of hundreds of thousands of coloured cells, only the text is sent, and beyond it
 * again a blank screen, which the program draws anew when it is resized.
 */
const MAX_DRAWN_LENGTH = 1_000_000;

/** Columns between tab stops of a fresh terminal. */
const TAB_WIDTH = 8;

/** What a snapshot is made of. */
export interface SnapshotSource {
  readonly core: HeadlessCore;
  /** Makes cells to load others into. */
  readonly createCell: () => Cell;
  readonly grid: { readonly columns: number; readonly rows: number };
  readonly options: OptionModes;
  /** Sequences for what the screen does not show: title, colours. */
  readonly extras: string;
}

/** Escape sequences that put any terminal of the same grid into the state of this one; scrollback aside. */
export function drawSnapshot(source: SnapshotSource): string {
  for (const detail of ["all", "text"] as const) {
    const drawn = draw(source, detail);
    if (drawn !== undefined) return drawn;
  }
  return BLANK_TERMINAL;
}

function draw(source: SnapshotSource, detail: Detail): string | undefined {
  const { core, grid } = source;
  const writer = new ScreenWriter(core, grid, detail);
  const { normal, alt, active } = core.buffers;
  writer.raw(BLANK_TERMINAL + source.extras);
  writer.drawScreen(normal, source.createCell());
  settle(writer, normal, source);
  if (active === alt) {
    // Mode 47, unlike 1049, leaves the saved cursor alone.
    writer.raw("\x1b[?47h\x1b[r\x1b[2J");
    writer.drawScreen(alt, source.createCell());
    settle(writer, alt, source);
  }
  finish(writer, source);
  return writer.length > MAX_DRAWN_LENGTH ? undefined : writer.text();
}

/** Tab stops, saved cursor and margins, which each screen has for itself. */
function settle(writer: ScreenWriter, buffer: ScreenBuffer, { grid }: SnapshotSource): void {
  writer.raw(tabStops(buffer, grid.columns));
  const { savedX, savedY, ybase, savedCharset } = buffer;
  writer.moveTo(Math.min(savedX, grid.columns - 1), Math.min(Math.max(savedY - ybase, 0), grid.rows - 1));
  // Links and the kind of underline are not saved.
  writer.setStyle({ ...styleOf(buffer.savedCurAttrData), link: 0, underlineColor: 0 });
  writer.raw(savedCharset ? `${designate(0, savedCharset)}\x1b7${designate(0, undefined)}` : "\x1b7");
  writer.setStyle(PLAIN);
  const isFull = buffer.scrollTop === 0 && buffer.scrollBottom === grid.rows - 1;
  if (!isFull) writer.raw(`\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`);
}

function tabStops(buffer: ScreenBuffer, columns: number): string {
  const stops = Array.from({ length: columns }, (_, column) => column).filter((column) => buffer.tabs[column]);
  const isUsual = stops.every((column, index) => column === index * TAB_WIDTH);
  if (isUsual && stops.length === Math.ceil(columns / TAB_WIDTH)) return usualTabStops(columns);
  return `\x1b[3g${stops.map((column) => `\x1b[${column + 1}G\x1bH`).join("")}`;
}

/** Sets every usual stop: the receiving terminal may have had others. */
function usualTabStops(columns: number): string {
  const stops = Array.from({ length: Math.ceil(columns / TAB_WIDTH) }, (_, index) => index * TAB_WIDTH + 1);
  return `\x1b[3g${stops.map((column) => `\x1b[${column}G\x1bH`).join("")}`;
}

/** Modes, character sets, cursor and style, which both screens share. */
function finish(writer: ScreenWriter, source: SnapshotSource): void {
  const { core } = source;
  const pen = penOf(core._inputHandler._curAttrData);
  const printed = printedLast(source);
  const sets = charsets(core);
  // What DECRC brought back moves the cursor, so it must come first.
  const setsFirst = core._inputHandler._parser.precedingJoinState !== 0 || sets.restored !== "";
  writer.raw(modeSequences(core, source.options));
  if (setsFirst) writer.raw(sets.designated + sets.restored);
  if (core._inputHandler._parser.precedingJoinState !== 0) {
    // Nothing but the print may come last: the next character may join it, repeat it, or wrap.
    writer.setStyle(pen);
    placeCursor(writer, source, printed);
  } else {
    if (printed) writer.setStyle(styleOf(printed.cell));
    placeCursor(writer, source, printed);
    writer.setStyle(pen);
    // A string terminator without a string does nothing, but then the print was not the last thing.
    writer.raw(`${printed ? "\x1b\\" : ""}${setsFirst ? "" : sets.designated}`);
  }
}

/** Sequences for the character sets. `restored` is needed where the set in use is not the chosen one, as after DECRC. */
function charsets(core: HeadlessCore): { readonly designated: string; readonly restored: string } {
  const { _charsets, charset, glevel } = core._charsetService;
  const isChosen = charset === _charsets[glevel];
  const isSaved = charset === core.buffers.active.savedCharset;
  // Brought back from the other screen's saved cursor: then at least what is printed next comes out right.
  const sets = isChosen || isSaved ? _charsets : Object.assign([..._charsets], { [glevel]: charset });
  const used = [0, 1, 2, 3].filter((level) => sets[level] !== undefined);
  return {
    designated: used.map((level) => designate(level, sets[level])).join("") + (glevel === 0 ? "" : shiftTo(glevel)),
    restored: !isChosen && isSaved ? "\x1b8\x1b[m" : "",
  };
}

interface PrintedCell {
  readonly cell: Cell;
  readonly column: number;
}

function placeCursor(writer: ScreenWriter, { core, grid }: SnapshotSource, printed: PrintedCell | undefined): void {
  const { active } = core.buffers;
  const row = core.coreService.decPrivateModes.origin ? active.y - active.scrollTop : active.y;
  if (!printed) {
    writer.moveTo(Math.min(active.x, grid.columns - 1), row);
    return;
  }
  if (core.coreService.modes.insertMode) {
    // Printing moves the rest of the line aside by the width of the first codepoint: take that much out before.
    const properties = core.unicodeService.charProperties(printed.cell.getChars().codePointAt(0) ?? 0x20, 0);
    const width = (properties >> 1) & 3;
    writer.moveTo(printed.column, row);
    if (width > 0) writer.raw(`\x1b[${width}P`);
  }
  writer.printCell(printed.cell, printed.column, row);
}

/**
 * The character that must be printed once more: the last one printed, or the one at the edge that the cursor stands
 * behind, which no movement reaches.
 */
function printedLast({ core, grid, createCell }: SnapshotSource): PrintedCell | undefined {
  const buffer = core.buffers.active;
  if (buffer.x < grid.columns && core._inputHandler._parser.precedingJoinState === 0) return undefined;
  const line = buffer.lines.get(buffer.ybase + buffer.y);
  const cell = createCell();
  for (let column = buffer.x - 1; line && column >= 0; column--) {
    line.loadCell(column, cell);
    // Behind a wide character stands a cell of neither width nor text.
    if (cell.getWidth() > 0 || cell.getChars() !== "") return { cell, column };
  }
  return undefined;
}
