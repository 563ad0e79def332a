import { HandshakeFailedError } from "./channel-errors.ts";
import type { StartTimer } from "./host.ts";
import type { MessagePipe, PipeCloseReason } from "./message-pipe.ts";

/** Messages that may wait while a handshake computes; in an honest one there are a few small records at most. */
const MAX_QUEUED_MESSAGES = 16;

/** The part of AbortSignal that is used; stated here because this package is compiled without DOM and Node types. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

interface Waiter {
  resolve(message: Uint8Array): void;
  reject(error: Error): void;
}

interface Handlers {
  onMessage(message: Uint8Array): void;
  onClose(reason: PipeCloseReason): void;
}

/** What may end a wait besides the pipe. */
export interface PatienceOptions {
  readonly timeoutMs: number;
  readonly startTimer: StartTimer;
  readonly signal?: CancelSignal | undefined;
}

/** Pulls the messages of a handshake from a pipe that pushes, then hands the pipe over with nothing lost between. */
export class PipeReader {
  readonly #queue: Uint8Array[] = [];
  #waiter: Waiter | undefined;
  #failure: HandshakeFailedError | undefined;
  #closed: PipeCloseReason | undefined;
  #handlers: Handlers | undefined;

  /** Takes both handlers of the pipe. The time and the signal count until handOver or stop. */
  constructor(pipe: MessagePipe, patience: PatienceOptions) {
    this.#stopWaiting = this.#startWaiting(patience);
    pipe.onMessage((message) => this.#receive(message));
    pipe.onClose((reason) => this.#end(reason));
  }

  #stopWaiting: () => void;

  /** The next message; rejects with HandshakeFailedError: timeout, closed, aborted, malformed. */
  next(): Promise<Uint8Array> {
    const message = this.#queue.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** Throws what ended the wait, if something did while nobody waited for a message. */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends the handshake: what is queued and all that follows goes to the handlers. */
  handOver(handlers: Handlers): void {
    this.stop();
    this.#handlers = handlers;
    for (const message of this.#queue.splice(0)) handlers.onMessage(message);
    if (this.#closed !== undefined) handlers.onClose(this.#closed);
  }

  /** Stops timer and signal. */
  stop(): void {
    this.#stopWaiting();
    this.#stopWaiting = () => {};
  }

  #startWaiting({ timeoutMs, startTimer, signal }: PatienceOptions): () => void {
    const onAbort = () =>
      this.#fail(new HandshakeFailedError("aborted", "the handshake was cancelled", { cause: signal?.reason }));
    const stopTimer = startTimer(() => {
      const message = `no answer within ${timeoutMs} ms: see whether the wing runs (wt status), and try again`;
      this.#fail(new HandshakeFailedError("timeout", message));
    }, timeoutMs);
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) onAbort();
    return () => {
      stopTimer();
      signal?.removeEventListener("abort", onAbort);
    };
  }

  #receive(message: Uint8Array): void {
    const waiter = this.#takeWaiter();
    if (this.#handlers !== undefined) this.#handlers.onMessage(message);
    else if (waiter !== undefined) waiter.resolve(message);
    else if (this.#queue.length < MAX_QUEUED_MESSAGES) this.#queue.push(message);
    else this.#fail(new HandshakeFailedError("malformed", `more than ${MAX_QUEUED_MESSAGES} messages came unasked`));
  }

  #end(reason: PipeCloseReason): void {
    this.#closed = reason;
    this.#handlers?.onClose(reason);
    const message = `the pipe ended before the handshake did (${reason.kind}: ${reason.text})`;
    this.#fail(new HandshakeFailedError("closed", message));
  }

  #fail(error: HandshakeFailedError): void {
    this.#failure ??= error;
    this.#takeWaiter()?.reject(this.#failure);
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    return waiter;
  }
}
