import type { HeadlessCore } from "./headless-core.ts";

/** Puts any terminal into the state of a fresh one, whatever it was in the middle of; its scrollback stays. */
export const BLANK_TERMINAL = [
  "\x18", // out of any sequence
  "\x1b[?2026l\x1b[?1049l", // out of the other screen
  "\x1b[!p\x1b[r\x1b[?6l\x1b[?7h\x1b[4l\x1b[20l\x1b[?1l\x1b>\x1b[?45l", // margins, origin, wrap, insert, keys
  "\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1016l\x1b[?1004l\x1b[?2004l", // mouse, focus, paste
  "\x1b[?12l\x1b[0 q\x1b[?25h", // cursor
  "\x1b]8;;\x1b\\\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\", // link, colours
  "\x1b(B\x1b)B\x1b*B\x1b+B\x0f", // character sets
  "\x1b[m\x1b[H\x1b[2J",
].join("");

/** xterm's names of mouse protocols and encodings, and their mode. */
const MOUSE_PROTOCOLS: Readonly<Record<string, number>> = { X10: 9, VT200: 1000, DRAG: 1002, ANY: 1003 };
const MOUSE_ENCODINGS: Readonly<Record<string, number>> = { SGR: 1006, SGR_PIXELS: 1016 };

const CURSOR_STYLES: Readonly<Record<string, number>> = { block: 2, underline: 4, bar: 6 };

/** Settings that are options of the terminal rather than modes of its core. */
export interface OptionModes {
  readonly convertEol: boolean;
  readonly cursorBlink: boolean;
}

function cursorStyle({ cursorStyle: style, cursorBlink }: HeadlessCore["coreService"]["decPrivateModes"]): string {
  const steady = CURSOR_STYLES[style ?? ""];
  return steady === undefined ? "" : `\x1b[${cursorBlink ? steady - 1 : steady} q`;
}

/** The modes that differ from those of a fresh terminal. The cursor goes home when the origin is among them. */
export function modeSequences(core: HeadlessCore, options: OptionModes): string {
  const { isCursorHidden, modes, decPrivateModes: dec } = core.coreService;
  const mouse = MOUSE_PROTOCOLS[core.coreMouseService.activeProtocol];
  const encoding = MOUSE_ENCODINGS[core.coreMouseService.activeEncoding];
  const when = (condition: boolean, sequence: string) => (condition ? sequence : "");
  return [
    when(dec.origin, "\x1b[?6h"),
    when(!dec.wraparound, "\x1b[?7l"),
    when(modes.insertMode, "\x1b[4h"),
    when(options.convertEol, "\x1b[20h"),
    when(dec.applicationCursorKeys, "\x1b[?1h"),
    when(dec.applicationKeypad, "\x1b="),
    when(dec.reverseWraparound, "\x1b[?45h"),
    when(mouse !== undefined, `\x1b[?${mouse}h`),
    when(encoding !== undefined, `\x1b[?${encoding}h`),
    when(dec.sendFocus, "\x1b[?1004h"),
    when(dec.bracketedPasteMode, "\x1b[?2004h"),
    when(options.cursorBlink, "\x1b[?12h"),
    cursorStyle(dec),
    when(isCursorHidden, "\x1b[?25l"),
    when(dec.synchronizedOutput, "\x1b[?2026h"),
  ].join("");
}
