import xterm, { type Terminal } from "@xterm/headless";
import { useGraphemeWidths } from "./grapheme-widths.ts";

/** Colours and flags of a cell, as xterm keeps them. */
export interface Attributes {
  /** Foreground colour and flags. */
  readonly fg: number;
  /** Background colour and flags. */
  readonly bg: number;
  readonly extended: { readonly _ext: number; readonly urlId: number };
}

/** One cell, loaded out of a line. */
export interface Cell extends Attributes {
  /** What stands there; empty for a cell that was erased, and behind a wide character. */
  getChars(): string;
  /** Columns: 0 behind a wide character. */
  getWidth(): number;
}

/** One line of a buffer. */
export interface Line {
  readonly isWrapped: boolean;
  loadCell(column: number, cell: Cell): Cell;
}

/** A set of graphics characters; compared by identity. */
export type Charset = object | undefined;

/** One of the two screens. */
export interface ScreenBuffer {
  readonly lines: { get(index: number): Line | undefined };
  /** Index of the first visible line. */
  readonly ybase: number;
  readonly x: number;
  readonly y: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
  readonly savedX: number;
  /** Counted from the first line of all, not from the visible ones. */
  readonly savedY: number;
  readonly savedCurAttrData: Attributes;
  readonly savedCharset: Charset;
}

/** What of xterm's inner state its public interface does not show. */
export interface HeadlessCore {
  readonly _inputHandler: {
    parse(data: Uint8Array): unknown;
    readonly _curAttrData: Attributes;
    readonly _parser: {
      readonly currentState: number;
      /** What the last printed character may join with; 0 unless the last thing parsed was a print. */
      readonly precedingJoinState: number;
      reset(): void;
    };
  };
  readonly _charsetService: {
    readonly charset: Charset;
    readonly glevel: number;
    readonly _charsets: readonly Charset[];
  };
  readonly _oscLinkService: { getLinkData(id: number): { readonly id?: string; readonly uri: string } | undefined };
  readonly unicodeService: { charProperties(codepoint: number, preceding: number): number };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly modes: { readonly insertMode: boolean };
    readonly decPrivateModes: {
      readonly applicationCursorKeys: boolean;
      readonly applicationKeypad: boolean;
      readonly bracketedPasteMode: boolean;
      readonly cursorBlink: boolean | undefined;
      readonly cursorStyle: string | undefined;
      readonly origin: boolean;
      readonly reverseWraparound: boolean;
      readonly sendFocus: boolean;
      readonly synchronizedOutput: boolean;
      readonly wraparound: boolean;
    };
  };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly buffers: { readonly normal: ScreenBuffer; readonly alt: ScreenBuffer; readonly active: ScreenBuffer };
}

/** The terminal library is not the one that this was written for. */
export class HeadlessTerminalError extends Error {
  override readonly name = "HeadlessTerminalError";

  constructor(missing: string) {
    super(`@xterm/headless has no ${missing}: install the version that package-lock.json names, 6.0.0.`);
  }
}

/** One path into each inner part that is read. */
const REQUIRED_PATHS = [
  "_inputHandler.parse",
  "_inputHandler._curAttrData.extended._ext",
  "_inputHandler._parser.currentState",
  "_inputHandler._parser.precedingJoinState",
  "_inputHandler._parser.reset",
  "_charsetService.glevel",
  "_charsetService._charsets",
  "_oscLinkService.getLinkData",
  "unicodeService.charProperties",
  "coreService.isCursorHidden",
  "coreService.modes.insertMode",
  "coreService.decPrivateModes.wraparound",
  "coreMouseService.activeProtocol",
  "coreMouseService.activeEncoding",
  "buffers.normal.lines.get",
  "buffers.alt.savedCurAttrData",
  "buffers.active.ybase",
];

function hasPath(root: unknown, path: string): boolean {
  let value = root;
  for (const name of path.split(".")) value = value instanceof Object ? Reflect.get(value, name) : undefined;
  return value !== undefined;
}

/** The terminal's inner state. Throws HeadlessTerminalError. */
export function parseHeadlessCore(terminal: Terminal): HeadlessCore {
  const core: unknown = Reflect.get(terminal, "_core");
  for (const path of REQUIRED_PATHS) if (!hasPath(core, path)) throw new HeadlessTerminalError(path);
  return core as HeadlessCore;
}

/** A fresh cell to load others into. The buffers' own is shared with xterm, which fills new lines with it. */
export function createCell(terminal: Terminal): Cell {
  const cell: unknown = terminal.buffer.active.getNullCell();
  if (!hasPath(cell, "extended._ext")) throw new HeadlessTerminalError("extended._ext of a cell");
  return cell as Cell;
}

/** How a terminal is made. */
export interface HeadlessOptions {
  readonly columns: number;
  readonly rows: number;
  /** Lines above the screen. */
  readonly scrollback: number;
}

/** A terminal without a screen, with the widths of characters that the web client uses. */
export function createHeadlessTerminal({ columns, rows, scrollback }: HeadlessOptions): Terminal {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback,
    allowProposedApi: true, // for the widths
    logLevel: "off",
    windowOptions: { getWinSizeChars: true },
  });
  useGraphemeWidths(terminal);
  return terminal;
}
