import { createMessagePipePair } from "../memory-pipe.ts";
import type { MessagePipe } from "../message-pipe.ts";

/** Which way a message goes. */
export type Direction = "to-wing" | "to-browser";

/** Decides what becomes of the n-th message of a direction: the messages to send on instead, perhaps none. */
export type Meddler = (direction: Direction, message: Uint8Array, index: number) => readonly Uint8Array[];

/** A relay that keeps what it sees, and may do to it what the meddler says. */
export class TappedPipe {
  readonly browser: MessagePipe;
  readonly wing: MessagePipe;
  readonly seen: { readonly [key in Direction]: Uint8Array[] } = { "to-wing": [], "to-browser": [] };
  readonly #towardsBrowser: MessagePipe;
  readonly #towardsWing: MessagePipe;

  constructor(meddle: Meddler = (_direction, message) => [message]) {
    [this.browser, this.#towardsBrowser] = createMessagePipePair();
    [this.wing, this.#towardsWing] = createMessagePipePair();
    this.#forward("to-wing", this.#towardsBrowser, meddle);
    this.#forward("to-browser", this.#towardsWing, meddle);
  }

  /** Sends a message of the relay's own. */
  inject(direction: Direction, message: Uint8Array): void {
    this.#exit(direction).send(message);
  }

  #forward(direction: Direction, entry: MessagePipe, meddle: Meddler): void {
    const exit = this.#exit(direction);
    entry.onMessage((message) => {
      const index = this.seen[direction].push(message.slice()) - 1;
      for (const forwarded of meddle(direction, message.slice(), index)) exit.send(forwarded);
    });
    entry.onClose((reason) => exit.close(reason.text));
  }

  #exit(direction: Direction): MessagePipe {
    return direction === "to-wing" ? this.#towardsWing : this.#towardsBrowser;
  }
}
