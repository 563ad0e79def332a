import "@xterm/xterm/css/xterm.css";
import type { TerminalSink } from "@wingthing/attached-session/attached-session";
import { clampGrid, type Grid } from "@wingthing/attached-session/grid";
import { FitAddon } from "@xterm/addon-fit";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { type ITerminalOptions, Terminal } from "@xterm/xterm";
import { parseClipboardRequest } from "./clipboard-request.ts";
import { fittingFontPx } from "./font-scale.ts";
import { checkPaste, type PasteDecision } from "./paste-check.ts";
import { silenceQueries } from "./silent-queries.ts";
import { terminalTheme } from "./terminal-theme.ts";
import { TOUCH_KEYS } from "./touch-keys.ts";
import { scrollByTouch } from "./touch-scroll.ts";
import { parseWebLink, type WebLink } from "./web-link.ts";

/** Lines above the screen that can be scrolled back to: what a person reads, not what the recording keeps. */
const SCROLLBACK_LINES = 5_000;
const FONT_FAMILY =
  '"JetBrains Mono Variable", ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const CLIPBOARD_OSC = 52;

/** What the surface tells its page. */
export interface TerminalEvents {
  /** Bytes for the program. */
  onData(data: Uint8Array): void;
  /** A paste that has to be looked at first; answer with `paste`. */
  onPaste(decision: Exclude<PasteDecision, { kind: "empty" | "send" }>): void;
  onLink(link: WebLink): void;
  /** The program wants to put text on the clipboard. */
  onClipboardWrite(text: string): void;
  /** Text was copied by the person. */
  onCopy(text: string): void;
  /** Whether the newest line is in view. */
  onScroll(atBottom: boolean): void;
}

/** How the surface looks. */
export interface TerminalLook {
  readonly scheme: "dark" | "light";
  readonly fontPx: number;
  readonly calm: boolean;
}

const options = ({ scheme, fontPx, calm }: TerminalLook): ITerminalOptions => ({
  // For grapheme widths.
  allowProposedApi: true,
  cursorBlink: !calm,
  drawBoldTextInBrightColors: false,
  fontFamily: FONT_FAMILY,
  fontSize: fontPx,
  lineHeight: 1.2,
  // Agents choose colours for a dark ground; this keeps them readable on a light one (WCAG AA).
  minimumContrastRatio: 4.5,
  scrollback: SCROLLBACK_LINES,
  theme: terminalTheme(scheme),
});

/** A terminal in the page: xterm with our rules for links, copy, paste and the clipboard. */
export class TerminalSurface implements TerminalSink, Disposable {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #events: TerminalEvents;
  readonly #stop = new AbortController();
  readonly #encoder = new TextEncoder();
  #fontPx: number;

  private constructor(terminal: Terminal, fontPx: number, events: TerminalEvents) {
    this.#terminal = terminal;
    this.#fontPx = fontPx;
    this.#events = events;
  }

  /** Opens a terminal inside the element; the face is loaded first, for it decides the size of a cell. */
  static async open(host: HTMLElement, look: TerminalLook, events: TerminalEvents): Promise<TerminalSurface> {
    // Without the face the next one of the list serves.
    await document.fonts.load(`${look.fontPx}px "JetBrains Mono Variable"`).catch(() => []);
    const surface = new TerminalSurface(new Terminal(options(look)), look.fontPx, events);
    surface.#open(host);
    await surface.#useGraphicsCard();
    return surface;
  }

  /** The grid that fits the element at the person's size of type. */
  get ownGrid(): Grid {
    const fitting = this.#fit.proposeDimensions();
    const scale = (this.#terminal.options.fontSize ?? this.#fontPx) / this.#fontPx;
    return clampGrid({ columns: (fitting?.cols ?? 80) * scale, rows: (fitting?.rows ?? 24) * scale });
  }

  write(data: Uint8Array, parsed: () => void): void {
    this.#terminal.write(data, parsed);
  }

  redraw(data: Uint8Array, parsed: () => void): void {
    // A snapshot draws over any state by itself, and follows every change of size: a reset would drop the scrollback.
    this.#terminal.write(data, parsed);
  }

  resize(grid: Grid): void {
    this.#terminal.options.fontSize = fittingFontPx(this.#fontPx, this.ownGrid, grid);
    this.#terminal.resize(grid.columns, grid.rows);
  }

  /** Changes colours, type and blinking. */
  setLook({ scheme, fontPx, calm }: TerminalLook): void {
    this.#fontPx = fontPx;
    this.#terminal.options.theme = terminalTheme(scheme);
    this.#terminal.options.fontSize = fontPx;
    this.#terminal.options.cursorBlink = !calm;
  }

  /** Sends text as if it were typed; cursor keys follow the mode that the program asked for. */
  press(sends: { readonly normal: string; readonly application: string }): void {
    this.#terminal.input(this.#terminal.modes.applicationCursorKeysMode ? sends.application : sends.normal);
  }

  /** Sends text as a paste that was looked at already. */
  paste(text: string): void {
    this.#terminal.paste(text);
    this.#terminal.focus();
  }

  /** Sends a whole line: its text in one piece, as a program that takes pastes expects it, then Enter. */
  sendLine(text: string): void {
    if (text !== "") this.#terminal.paste(text);
    this.#terminal.input("\r");
  }

  /** Looks at pasted text and sends it, or asks first. */
  offerPaste(text: string): void {
    const decision = checkPaste(text, this.#terminal.modes.bracketedPasteMode);
    if (decision.kind === "send") this.paste(decision.text);
    else if (decision.kind !== "empty") this.#events.onPaste(decision);
  }

  focus(): void {
    this.#terminal.focus();
  }

  scrollToBottom(): void {
    this.#terminal.scrollToBottom();
  }

  /** The visible rows as text, without trailing blanks: for tests, which cannot read pixels. */
  readScreen(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
    );
  }

  /** Every row that the terminal holds, scrollback first, without trailing blanks. */
  readScrollback(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#terminal.dispose();
  }

  #open(host: HTMLElement): void {
    const terminal = this.#terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(new UnicodeGraphemesAddon());
    terminal.loadAddon(new WebLinksAddon((_event, text) => this.#offerLink(text)));
    terminal.options.linkHandler = { activate: (_event, text) => this.#offerLink(text) };
    terminal.onData((text) => this.#events.onData(this.#encoder.encode(text)));
    terminal.onBinary((text) => this.#events.onData(Uint8Array.from(text, (byte) => byte.charCodeAt(0))));
    const scrolled = () => {
      const { viewportY, baseY } = terminal.buffer.active;
      this.#events.onScroll(viewportY >= baseY);
    };
    terminal.onScroll(scrolled);
    terminal.onRender(scrolled);
    terminal.parser.registerOscHandler(CLIPBOARD_OSC, (payload) => {
      const request = parseClipboardRequest(payload);
      if (request.kind === "write") this.#events.onClipboardWrite(request.text);
      return true;
    });
    silenceQueries(terminal.parser);
    terminal.attachCustomKeyEventHandler((event) => this.#keyIsForProgram(event));
    // Before xterm's own handler, which would send any paste unseen.
    host.addEventListener("paste", (event) => this.#pasted(event), { capture: true, signal: this.#stop.signal });
    terminal.open(host);
    const rowPx = () => host.clientHeight / terminal.rows;
    scrollByTouch(host, { rowPx, onLines: (lines) => this.#scrollLines(host, lines) }, this.#stop.signal);
  }

  /** Scrolls back, turns the wheel for a program that follows the mouse, or presses arrow keys for one that does not. */
  #scrollLines(host: HTMLElement, lines: number): void {
    const { buffer, modes } = this.#terminal;
    const { up, down } = TOUCH_KEYS;
    const isNormal = buffer.active.type === "normal";
    if (isNormal) this.#terminal.scrollLines(lines);
    for (let left = isNormal ? 0 : Math.abs(lines); left > 0; left--) {
      if (modes.mouseTrackingMode === "none") this.press(lines < 0 ? up.sends : down.sends);
      else turnWheel(host, Math.sign(lines));
    }
  }

  #offerLink(text: string): void {
    const link = parseWebLink(text);
    if (link !== undefined) this.#events.onLink(link);
  }

  #pasted(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.offerPaste(event.clipboardData?.getData("text/plain") ?? "");
  }

  #keyIsForProgram(event: KeyboardEvent): boolean {
    const key = event.key.toLowerCase();
    const chord = event.metaKey || (event.ctrlKey && event.shiftKey);
    // The browser turns this into a paste event.
    if (chord && key === "v") return false;
    const copies = key === "c" && (chord || (event.ctrlKey && !event.altKey)) && this.#terminal.hasSelection();
    if (copies && event.type === "keydown") {
      event.preventDefault();
      this.#events.onCopy(this.#terminal.getSelection());
      this.#terminal.clearSelection();
    }
    return !copies && !(chord && key === "c");
  }

  /**
   * WebGL draws several times faster; without it, or when the system takes it away, xterm draws with the DOM. A phone's
   * grid is small, and phones take the graphics context from a page that was in the background: there the DOM draws.
   */
  async #useGraphicsCard(): Promise<void> {
    if (!window.matchMedia("(pointer: fine)").matches) return;
    try {
      const { WebglAddon } = await import("@xterm/addon-webgl");
      if (this.#stop.signal.aborted) return;
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.#terminal.loadAddon(webgl);
    } catch {
      // The DOM renderer is already in place.
    }
  }
}

/** One line of a mouse's wheel, in the middle of the terminal. */
function turnWheel(host: HTMLElement, deltaY: number): void {
  const { left, top, width, height } = host.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + height / 2 };
  const line = { ...at, deltaY, deltaMode: WheelEvent.DOM_DELTA_LINE, bubbles: true, cancelable: true };
  host.querySelector(".xterm-screen")?.dispatchEvent(new WheelEvent("wheel", line));
}
