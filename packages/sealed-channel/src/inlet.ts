/**
 * The receiving end of something that pushes: messages and then one end. What arrives before its handler is set is
 * held; handlers are first called in a later microtask than the one that set them, so that both can be set.
 */
export class Inlet<Message, Reason> {
  readonly #maxHeld: number;
  #held: Message[] = [];
  #onMessage: ((message: Message) => void) | undefined;
  #onClose: ((reason: Reason) => void) | undefined;
  #end: { readonly reason: Reason } | undefined;
  #told = false;
  #flushing = false;

  /** Holds at most so many messages while no handler is set. */
  constructor(maxHeld: number) {
    this.#maxHeld = maxHeld;
  }

  /** Whether the end has come; handlers may still be owed what was held. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Passes a message on, or holds it; false when too many are held, and the message is gone. */
  push(message: Message): boolean {
    if (this.#end !== undefined) return true;
    if (this.#onMessage !== undefined && this.#held.length === 0 && !this.#flushing) {
      this.#onMessage(message);
      return true;
    }
    if (this.#held.length >= this.#maxHeld) return false;
    this.#held.push(message);
    return true;
  }

  /** Nothing follows: the end is told after what is held. Only the first end counts. */
  end(reason: Reason): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    if (!this.#flushing) this.#flush();
  }

  /** As end, and what is held is dropped: the reader itself has gone. */
  abandon(reason: Reason): void {
    if (this.#end !== undefined) return;
    this.#held = [];
    this.end(reason);
  }

  onMessage(handler: (message: Message) => void): void {
    this.#onMessage = handler;
    this.#flushSoon();
  }

  onClose(handler: (reason: Reason) => void): void {
    this.#onClose = handler;
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushing || (this.#held.length === 0 && this.#end === undefined)) return;
    this.#flushing = true;
    void Promise.resolve().then(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#onMessage !== undefined && this.#held.length > 0) {
      const message = this.#held.shift();
      if (message !== undefined) this.#onMessage(message);
    }
    if (this.#end === undefined || this.#onClose === undefined || this.#told) return;
    this.#told = true;
    this.#held = [];
    this.#onClose(this.#end.reason);
  }
}
