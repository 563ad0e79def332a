/**
 * Bytes handed to the terminal that it has not parsed yet, at most. One stream's credit: while the terminal works on
 * these the next ones travel, and a terminal that falls behind stops the egg instead of filling the tab.
 */
export const MAX_UNDRAWN_BYTES = 256 * 1024;

/** Lets a bounded number of bytes be on their way into the terminal. */
export class DrawWindow {
  #undrawn = 0;
  #waiting: { readonly atMost: number; readonly wake: () => void } | undefined;

  /** Bytes handed over and not parsed. */
  get undrawnBytes(): number {
    return this.#undrawn;
  }

  /** Notes bytes handed over; call the result once they are parsed. */
  hand(byteLength: number): () => void {
    this.#undrawn += byteLength;
    return () => {
      this.#undrawn -= byteLength;
      const waiting = this.#waiting;
      if (waiting === undefined || this.#undrawn > waiting.atMost) return;
      this.#waiting = undefined;
      waiting.wake();
    };
  }

  /** Resolves when more may be handed over. */
  room(): Promise<void> {
    return this.#below(MAX_UNDRAWN_BYTES - 1);
  }

  /** Resolves when the terminal has parsed everything. */
  drawn(): Promise<void> {
    return this.#below(0);
  }

  #below(atMost: number): Promise<void> {
    if (this.#undrawn <= atMost) return Promise.resolve();
    return new Promise((wake) => {
      this.#waiting = { atMost, wake };
    });
  }
}
