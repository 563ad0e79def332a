import { type CellStyle, erasedStyle, looksErased, PLAIN, sameLook, sgrBetween, styleOf } from "./cell-style.ts";
import type { Cell, HeadlessCore, ScreenBuffer } from "./headless-core.ts";

/** Whether the properties of a character say that it joins the one before. */
const joins = (properties: number) => (properties & 1) !== 0;

/** What is drawn of a screen: everything, or its text without colours and links. */
export type Detail = "all" | "text";

/**
 * Writes cells as escape sequences, knowing where the receiving terminal's cursor stands and what style it prints in.
 * The receiving screen is blank, its style plain, its margins, origin, insert mode and character sets the usual ones.
 */
export class ScreenWriter {
  readonly #core: HeadlessCore;
  readonly #columns: number;
  readonly #rows: number;
  readonly #detail: Detail;
  #parts: string[] = [];
  #length = 0;
  #style: CellStyle = PLAIN;
  /** Where the cursor stands; a column of -1 is unknown. */
  #column = -1;
  #row = -1;
  /** What the next character may join with. */
  #joinState = 0;

  constructor(core: HeadlessCore, grid: { readonly columns: number; readonly rows: number }, detail: Detail) {
    this.#core = core;
    this.#columns = grid.columns;
    this.#rows = grid.rows;
    this.#detail = detail;
  }

  /** Characters written so far. */
  get length(): number {
    return this.#length;
  }

  /** The style that is set. */
  get style(): CellStyle {
    return this.#style;
  }

  /** Everything written. */
  text(): string {
    return this.#parts.join("");
  }

  /** Writes a sequence as it is; the cursor is somewhere afterwards. */
  raw(sequence: string): void {
    this.#put(sequence);
    this.#column = -1;
    this.#joinState = 0;
  }

  /** Puts the cursor onto a cell, both counted from 0. */
  moveTo(column: number, row: number): void {
    this.#put(column === 0 ? `\x1b[${row + 1}H` : `\x1b[${row + 1};${column + 1}H`);
    this.#column = column;
    this.#row = row;
    this.#joinState = 0;
  }

  /** Sets what is printed next. */
  setStyle(style: CellStyle): void {
    if (this.#detail === "text") return;
    const sequence = sgrBetween(this.#style, style) + this.#linkBetween(this.#style.link, style.link);
    if (sequence !== "") this.#joinState = 0;
    this.#put(sequence);
    this.#style = style;
  }

  /** Draws the visible lines of a buffer; `cell` is loaded with one after the other. */
  drawScreen(buffer: ScreenBuffer, cell: Cell): void {
    const rows = Array.from({ length: this.#rows }, (_, row) => row);
    for (const row of rows) if (row > 0 && buffer.lines.get(buffer.ybase + row)?.isWrapped) this.#wrapInto(row);
    for (const row of rows) this.#drawRow(buffer, row, cell);
    this.setStyle(PLAIN);
  }

  /** Prints one cell at its place in the style that is set; the cursor stands behind it as after the program's print. */
  printCell(cell: Cell, column: number, row: number): void {
    this.moveTo(column, row);
    this.#print(cell.getChars() || " ", cell.getWidth());
  }

  /** Marks a row as the continuation of the one above, which only printing across the edge does. */
  #wrapInto(row: number): void {
    this.moveTo(this.#columns - 1, row - 1);
    this.raw("xx");
    this.moveTo(this.#columns - 1, row - 1);
    this.raw("\x1b[X");
    this.moveTo(0, row);
    this.raw("\x1b[X");
  }

  #drawRow(buffer: ScreenBuffer, row: number, cell: Cell): void {
    const line = buffer.lines.get(buffer.ybase + row);
    if (!line) return;
    for (let column = 0; column < this.#columns; ) {
      const style = this.#look(line.loadCell(column, cell));
      if (cell.getChars() === "" && looksErased(style)) {
        const erased = erasedStyle(style);
        const start = column;
        do column++;
        while (column < this.#columns && this.#isErased(line.loadCell(column, cell), erased));
        this.#erase({ column: start, row, count: column - start }, erased);
        continue;
      }
      this.#drawCell(cell, style, { column, row });
      column += Math.max(cell.getWidth(), 1);
    }
  }

  #isErased(cell: Cell, like: CellStyle): boolean {
    if (cell.getChars() !== "" || cell.getWidth() === 0) return false;
    const style = this.#look(cell);
    return looksErased(style) && sameLook(erasedStyle(style), like);
  }

  #erase(at: { readonly column: number; readonly row: number; readonly count: number }, style: CellStyle): void {
    if (style.bg === 0 || this.#detail === "text") return;
    this.#reach(at.column, at.row);
    this.setStyle(style);
    this.#put(`\x1b[${at.count}X`);
    this.#joinState = 0;
  }

  #drawCell(cell: Cell, style: CellStyle, at: { readonly column: number; readonly row: number }): void {
    const chars = cell.getChars() || " ";
    this.#reach(at.column, at.row);
    this.setStyle(style);
    if (joins(this.#properties(chars.codePointAt(0) ?? 0))) this.moveTo(at.column, at.row);
    this.#print(chars, cell.getWidth());
  }

  /** Moves the cursor unless it stands there, by the shorter way. */
  #reach(column: number, row: number): void {
    const gap = column - this.#column;
    if (this.#row !== row || this.#column < 0 || gap < 0) {
      this.moveTo(column, row);
    } else if (gap > 0) {
      this.#put(gap === 1 ? "\x1b[C" : `\x1b[${gap}C`);
      this.#column = column;
      this.#joinState = 0;
    }
  }

  #print(chars: string, width: number): void {
    for (const char of chars) this.#joinState = this.#properties(char.codePointAt(0) ?? 0);
    this.#put(chars);
    this.#column += Math.max(width, 1); // a mark without a letter takes a cell of its own
    // At the edge the cursor waits on the last cell; where it goes next depends on what comes.
    if (this.#column >= this.#columns) this.#column = -1;
  }

  #properties(codepoint: number): number {
    return this.#core.unicodeService.charProperties(codepoint, this.#joinState);
  }

  /** The style of a cell; a link whose address the terminal forgot is none. */
  #look(cell: Cell): CellStyle {
    const style = styleOf(cell);
    return style.link === 0 || this.#core._oscLinkService.getLinkData(style.link) ? style : { ...style, link: 0 };
  }

  #linkBetween(from: number, to: number): string {
    if (from === to) return "";
    const link = this.#core._oscLinkService.getLinkData(to);
    if (!link) return from === 0 ? "" : "\x1b]8;;\x1b\\";
    // Cells of one link belong together even when other cells stand between them.
    return `\x1b]8;id=${link.id ?? `egg-${to}`};${link.uri}\x1b\\`;
  }

  #put(text: string): void {
    if (text === "") return;
    this.#parts.push(text);
    this.#length += text.length;
  }
}
