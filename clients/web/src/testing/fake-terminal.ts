import type { TerminalSink } from "@wingthing/attached-session/attached-session";
import type { Grid } from "@wingthing/attached-session/grid";

/** A terminal that keeps the bytes it was given, and parses them when it is told to. */
export class FakeTerminal implements TerminalSink {
  /** Grids, in order. */
  readonly grids: string[] = [];
  /** False holds back "parsed", as a busy terminal does. */
  quick = true;
  #drawn: Uint8Array[] = [];
  #held: (() => void)[] = [];

  /** Everything that was drawn since the last redraw. */
  get text(): string {
    const decoder = new TextDecoder();
    return this.#drawn.map((part) => decoder.decode(part, { stream: true })).join("");
  }

  get drawnBytes(): number {
    return this.#drawn.reduce((sum, part) => sum + part.byteLength, 0);
  }

  write(data: Uint8Array, parsed: () => void): void {
    this.#drawn.push(data.slice());
    if (this.quick) parsed();
    else this.#held.push(parsed);
  }

  redraw(data: Uint8Array, parsed: () => void): void {
    this.#drawn = [];
    this.write(data, parsed);
  }

  resize({ columns, rows }: Grid): void {
    this.grids.push(`${columns}x${rows}`);
  }

  /** Parses everything that was held back. */
  catchUp(): void {
    for (const parsed of this.#held.splice(0)) parsed();
  }
}
