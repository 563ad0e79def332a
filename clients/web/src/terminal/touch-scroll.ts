/** A finger that moved less than this tapped, in CSS pixels. */
const TAP_PX = 8;

/** Turns the way of a finger into whole lines, and keeps what is left over for its next move. */
export class LineCounter {
  #restPx = 0;

  /** Lines that the finger has moved since the last call, with rows of this height; the way up is positive. */
  count(wayPx: number, rowPx: number): number {
    this.#restPx += wayPx;
    const lines = Math.trunc(this.#restPx / rowPx);
    this.#restPx -= lines * rowPx;
    return lines;
  }
}

/** What scrolling by touch needs to know, and whom it tells. */
export interface TouchScrollTarget {
  /** Height of a row, in CSS pixels. */
  rowPx(): number;
  /** The finger moved by so many lines: the text follows it. */
  onLines(lines: number): void;
}

/** Lets a finger scroll a terminal, which has no touch of its own. */
export function scrollByTouch(host: HTMLElement, target: TouchScrollTarget, signal: AbortSignal): void {
  let lastY: number | undefined;
  let movedPx = 0;
  let counter = new LineCounter();
  const start = (event: TouchEvent) => {
    lastY = event.touches.length === 1 ? event.touches[0]?.clientY : undefined;
    movedPx = 0;
    counter = new LineCounter();
  };
  const move = (event: TouchEvent) => {
    const touch = event.touches[0];
    if (lastY === undefined || touch === undefined) return;
    const wayPx = lastY - touch.clientY;
    lastY = touch.clientY;
    movedPx += Math.abs(wayPx);
    if (movedPx < TAP_PX) return;
    // Else the browser would pan the page, or reload it.
    event.preventDefault();
    const lines = counter.count(wayPx, target.rowPx());
    if (lines !== 0) target.onLines(lines);
  };
  host.addEventListener("touchstart", start, { passive: true, signal });
  host.addEventListener("touchmove", move, { passive: false, signal });
}
