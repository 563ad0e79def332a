import { isPromise } from "./noise/cipher-state.ts";

interface Slot {
  readonly bytes: number;
  result: Uint8Array | undefined;
}

interface Receiver {
  deliver(result: Uint8Array): void;
  fail(cause: unknown): void;
}

/**
 * Hands results on in the order in which they were asked for. A result that is there at once, with none before it
 * outstanding, is handed on within the call; no promise lies in its path.
 */
export class OrderedResults {
  readonly #receiver: Receiver;
  #slots: Slot[] = [];
  #pendingBytes = 0;
  #whenIdle: (() => void)[] = [];
  #stopped = false;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  /** Bytes whose results are outstanding. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Adds a result that stands for so many bytes. */
  push(result: Uint8Array | Promise<Uint8Array>, bytes: number): void {
    if (this.#stopped) return;
    if (!isPromise(result) && this.#slots.length === 0) {
      this.#receiver.deliver(result);
      return;
    }
    const slot: Slot = { bytes, result: isPromise(result) ? undefined : result };
    this.#slots.push(slot);
    this.#pendingBytes += bytes;
    if (!isPromise(result)) return;
    result.then(
      (value) => this.#fill(slot, value),
      (cause: unknown) => this.#fail(cause),
    );
  }

  /** Calls back when nothing is outstanding, at once if that is now. */
  whenIdle(run: () => void): void {
    if (this.#slots.length === 0) run();
    else this.#whenIdle.push(run);
  }

  /** Drops what is outstanding. */
  stop(): void {
    this.#stopped = true;
    this.#slots = [];
    this.#pendingBytes = 0;
    this.#runIdle();
  }

  #fill(slot: Slot, value: Uint8Array): void {
    slot.result = value;
    while (!this.#stopped) {
      const first = this.#slots[0];
      if (first?.result === undefined) break;
      this.#slots.shift();
      this.#pendingBytes -= first.bytes;
      this.#receiver.deliver(first.result);
    }
    if (this.#slots.length === 0) this.#runIdle();
  }

  #fail(cause: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#receiver.fail(cause);
  }

  #runIdle(): void {
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const run of waiting) run();
  }
}
