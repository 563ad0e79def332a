import type { Message } from "@bufbuild/protobuf";

/**
 * Messages that were handed to a stream and are not on their way yet. One is being written while the next is ready; more
 * would only be older when they arrive, and what comes meanwhile gathers into larger messages.
 */
export const MAX_MESSAGES_IN_FLIGHT = 2;

/** Where messages come from; it is pulled. */
export interface MessageSource<M extends Message> {
  /** No message will come any more. */
  readonly isDone: boolean;
  /** The next message, or undefined until `onReady`. */
  next(): M | undefined;
  onReady(handler: () => void): void;
}

/** Where messages go: a call's stream. */
export interface MessageSink<M extends Message> {
  /** Calls back when the message is on its way. */
  write(message: M, sent: () => void): unknown;
  end(): unknown;
  /** The source failed; nothing more will be written. */
  fail(error: unknown): unknown;
}

/** Moves messages as fast as the sink takes them, and ends it after the last one. */
export class MessagePump<M extends Message> {
  readonly #source: MessageSource<M>;
  readonly #sink: MessageSink<M>;
  #inFlight = 0;
  #isStopped = false;
  #isRunning = false;

  constructor(source: MessageSource<M>, sink: MessageSink<M>) {
    this.#source = source;
    this.#sink = sink;
    source.onReady(() => this.#run());
    this.#run();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** A failure ends this call alone: whoever said that there is more must not suffer for it. */
  #run(): void {
    if (this.#isStopped || this.#isRunning) return;
    this.#isRunning = true;
    try {
      this.#move();
    } catch (error) {
      this.#isStopped = true;
      this.#sink.fail(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #move(): void {
    while (this.#inFlight < MAX_MESSAGES_IN_FLIGHT) {
      const message = this.#source.next();
      if (!message) break;
      this.#inFlight++;
      this.#sink.write(message, () => {
        this.#inFlight--;
        this.#run();
      });
    }
    if (!this.#source.isDone) return;
    this.#isStopped = true;
    this.#sink.end();
  }
}
