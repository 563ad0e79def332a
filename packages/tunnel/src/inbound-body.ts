import { MAX_QUEUED_CHUNKS } from "./tunnel-limits.ts";

interface Waiter {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: Error): void;
}

/** Whoever owns the stream of a body. */
export interface BodyOwner {
  /** The reader took bytes and came back for more, or will never come back. */
  onConsumed(bytes: number): void;
  /** The reader left before the end. */
  onAbandoned(): void;
  /** Called once: the reader has everything, or has left, or the stream broke. */
  onDone(): void;
}

/**
 * The receiving half of a stream: frames are pushed in, the application pulls. A chunk counts as consumed when the
 * reader asks for the next one. There is one reader.
 */
export class InboundBody implements AsyncIterable<Uint8Array> {
  readonly #owner: BodyOwner;
  #chunks: Uint8Array[] = [];
  #handedOut = 0;
  #waiter: Waiter | undefined;
  #end: { readonly error: Error | undefined } | undefined;
  #done = false;

  constructor(owner: BodyOwner) {
    this.#owner = owner;
  }

  /** Adds bytes; those that come after the end count as consumed. */
  push(chunk: Uint8Array): void {
    if (this.#end !== undefined) {
      this.#owner.onConsumed(chunk.length);
      return;
    }
    const waiter = this.#takeWaiter();
    if (waiter !== undefined) {
      this.#handedOut = chunk.length;
      waiter.resolve({ done: false, value: chunk });
      return;
    }
    if (this.#chunks.length >= MAX_QUEUED_CHUNKS) this.#chunks = [joined(this.#chunks)];
    this.#chunks.push(chunk);
  }

  /** Nothing follows what was pushed. */
  end(): void {
    if (this.#end !== undefined) return;
    this.#end = { error: undefined };
    this.#takeWaiter()?.resolve({ done: true, value: undefined });
    if (this.#chunks.length === 0 && this.#handedOut === 0) this.#finish();
  }

  /** The stream broke before its end: what waits is dropped, and the reader gets the error. */
  fail(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#drop();
    this.#takeWaiter()?.reject(error);
    this.#finish();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: () => this.#next(),
      return: () => {
        this.abandon();
        return Promise.resolve({ done: true, value: undefined });
      },
      throw: (error) => {
        this.abandon();
        return Promise.reject(error);
      },
    };
  }

  /** The reader leaves; what waits and what still comes counts as consumed. */
  abandon(): void {
    const early = this.#end === undefined;
    this.#end ??= { error: undefined };
    this.#drop();
    this.#takeWaiter()?.resolve({ done: true, value: undefined });
    if (early) this.#owner.onAbandoned();
    this.#finish();
  }

  #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#returnHandedOut();
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#handedOut = chunk.length;
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#end !== undefined) return this.#endOfReading(this.#end.error);
    if (this.#waiter !== undefined)
      return Promise.reject(new TypeError("the body has one reader, and it waits already"));
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  #endOfReading(error: Error | undefined): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#finish();
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#owner.onDone();
  }

  #returnHandedOut(): void {
    if (this.#handedOut === 0) return;
    const bytes = this.#handedOut;
    this.#handedOut = 0;
    this.#owner.onConsumed(bytes);
  }

  #drop(): void {
    this.#returnHandedOut();
    const chunks = this.#chunks;
    this.#chunks = [];
    for (const { length } of chunks) this.#owner.onConsumed(length);
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    return waiter;
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((bytes, { length }) => bytes + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
