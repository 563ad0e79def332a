import type { Terminal } from "@xterm/headless";
import { type CellStyle, erasedStyle, looksErased, penOf, styleOf } from "../terminal/cell-style.ts";
import {
  type Cell,
  createCell,
  createHeadlessTerminal,
  type HeadlessCore,
  parseHeadlessCore,
  type ScreenBuffer,
} from "../terminal/headless-core.ts";

interface Grid {
  readonly columns: number;
  readonly rows: number;
}

interface Viewed {
  readonly core: HeadlessCore;
  readonly cell: Cell;
  readonly grid: Grid;
}

const hex = (value: number) => (value >>> 0).toString(16);

/** xterm forgets a link's address when the line goes that it began on. */
function liveStyle(core: HeadlessCore, style: CellStyle): CellStyle {
  return core._oscLinkService.getLinkData(style.link) ? style : { ...style, link: 0 };
}

function styleText(core: HeadlessCore, style: CellStyle): string {
  const uri = core._oscLinkService.getLinkData(style.link)?.uri;
  return `${hex(style.fg)} ${hex(style.bg)} ${style.underline} ${hex(style.underlineColor)}${uri === undefined ? "" : ` ${uri}`}`;
}

function rowText({ core, cell, grid }: Viewed, buffer: ScreenBuffer, row: number): string[] {
  const line = buffer.lines.get(buffer.ybase + row);
  if (!line) return ["no line"];
  const cells: string[] = row > 0 && line.isWrapped ? ["wrapped"] : [];
  let isBehindWide = false;
  for (let column = 0; column < grid.columns; column++) {
    line.loadCell(column, cell);
    const style = liveStyle(core, styleOf(cell));
    const chars = cell.getChars();
    // An empty cell that was only erased, and one that holds a space, look the same.
    const look = chars === "" && looksErased(style) ? erasedStyle(style) : style;
    // Half a wide character that was cut off by an insertion is blank too.
    cells.push(isBehindWide ? "" : `${chars || " "}|${styleText(core, look)}`);
    isBehindWide = cell.getWidth() === 2;
  }
  return cells;
}

function bufferPicture(viewed: Viewed, buffer: ScreenBuffer): unknown {
  const { grid } = viewed;
  const saved = styleOf(buffer.savedCurAttrData);
  return {
    rows: Array.from({ length: grid.rows }, (_, row) => rowText(viewed, buffer, row)),
    margins: [buffer.scrollTop, buffer.scrollBottom],
    tabs: Array.from({ length: grid.columns }, (_, column) => column).filter((column) => buffer.tabs[column]),
    saved: [
      Math.min(buffer.savedX, grid.columns - 1),
      Math.max(buffer.savedY - buffer.ybase, 0),
      hex(saved.fg),
      hex(saved.bg),
    ],
    savedCharset: Object.keys(buffer.savedCharset ?? {}).join(""),
  };
}

/** Everything of a terminal that a viewer could ever notice, comparable by value; scrollback and title aside. */
function terminalPicture(terminal: Terminal): unknown {
  const core = parseHeadlessCore(terminal);
  const viewed = { core, cell: createCell(terminal), grid: { columns: terminal.cols, rows: terminal.rows } };
  const { normal, alt, active } = core.buffers;
  const { charset, glevel, _charsets } = core._charsetService;
  const { x, y } = active;
  return {
    normal: bufferPicture(viewed, normal),
    alt: active === alt ? bufferPicture(viewed, alt) : "not shown",
    cursor: [x, y],
    pen: styleText(core, penOf(core._inputHandler._curAttrData)),
    dec: { ...core.coreService.decPrivateModes },
    insert: core.coreService.modes.insertMode,
    hidden: core.coreService.isCursorHidden,
    mouse: [core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding],
    options: [terminal.options.convertEol, terminal.options.cursorBlink],
    parser: core._inputHandler._parser.currentState,
    joins: core._inputHandler._parser.precedingJoinState !== 0,
    charsets: [
      glevel,
      ...[charset, ...[0, 1, 2, 3].map((level) => _charsets[level])].map((set) => Object.values(set ?? {}).join("")),
    ],
  };
}

/** A bare terminal, as a viewer has one. */
export class ViewerTerminal {
  readonly #terminal: Terminal;

  constructor(grid: Grid) {
    this.#terminal = createHeadlessTerminal({ ...grid, scrollback: 1_000 });
  }

  /** Draws bytes at once. */
  feed(bytes: Uint8Array | string): void {
    parseHeadlessCore(this.#terminal)._inputHandler.parse(Buffer.from(bytes));
  }

  /** What it shows. */
  get picture(): unknown {
    return terminalPicture(this.#terminal);
  }

  /** What it shows, without what depends on lines that scrolled away: addresses of links, and what continues a line. */
  get pictureWithoutHistory(): unknown {
    return JSON.parse(JSON.stringify(this.picture).replaceAll(/ https:[^"]*|"wrapped",/g, ""));
  }

  /** Its lines as text. */
  get lines(): readonly string[] {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? "",
    );
  }
}
