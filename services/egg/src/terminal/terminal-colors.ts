/** Longest colour that is kept, in characters: `rgb:ffff/ffff/ffff` and the names of X11 are shorter. */
const MAX_COLOR_LENGTH = 64;

/** What programs are told about text, ground and cursor: the web client's dark theme, which agents choose colours for. */
const DEFAULT_COLORS: Readonly<Record<number, string>> = {
  10: "rgb:d5d5/dada/dede",
  11: "rgb:0b0b/0d0d/0e0e",
  12: "rgb:f5f5/b8b8/3d3d",
};

/** Distance of the sequence that resets a colour from the one that sets it. */
const RESET_OFFSET = 100;

/**
 * The colours of text (OSC 10), ground (11) and cursor (12) that the program set. The egg answers when a program asks
 * for them, so that there is one answer however many viewers there are.
 */
export class TerminalColors {
  readonly #set = new Map<number, string>();
  readonly #reply: (text: string) => void;

  constructor(reply: (text: string) => void) {
    this.#reply = reply;
  }

  /** Takes the data of OSC `number`, 10 to 12; further values are for the numbers that follow. */
  take(number: number, data: string): void {
    for (const [index, value] of data.split(";").slice(0, 3).entries()) this.#takeOne(number + index, value);
  }

  /** Takes OSC 110 to 112. */
  reset(number: number): void {
    this.#set.delete(number - RESET_OFFSET);
  }

  /** Sequences that set the colours again. */
  sequences(): string {
    return [...this.#set].map(([number, color]) => `\x1b]${number};${color}\x1b\\`).join("");
  }

  #takeOne(number: number, value: string): void {
    const usual = DEFAULT_COLORS[number];
    if (usual === undefined) return;
    const current = this.#set.get(number);
    if (value === "?") this.#reply(`\x1b]${number};${current?.startsWith("rgb:") ? current : usual}\x1b\\`);
    else if (/^[#\w:/.,-]+$/.test(value) && value.length <= MAX_COLOR_LENGTH) this.#set.set(number, value);
  }
}
