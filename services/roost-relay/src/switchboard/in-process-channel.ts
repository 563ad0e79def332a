import type { ChannelEnd, ChannelListener, CloseCause, OpenerListener } from "./switchboard.ts";

/** A channel whose two ends are in this process: what one says, the other hears at once. */
export class InProcessChannel {
  readonly #opener: OpenerListener;
  readonly #onEnded: () => void;
  #wing: ChannelListener | undefined;
  #ended = false;

  constructor(opener: OpenerListener, onEnded: () => void) {
    this.#opener = opener;
    this.#onEnded = onEnded;
  }

  /** What the wing speaks into. */
  readonly wingEnd: ChannelEnd = {
    send: (payload) => {
      if (!this.#ended) this.#opener.onData(payload);
    },
    hold: () => {
      if (!this.#ended) this.#opener.onHold(true);
    },
    release: () => {
      if (!this.#ended) this.#opener.onHold(false);
    },
    close: (cause) => {
      if (this.#end()) this.#opener.onClose(cause);
    },
  };

  /** What the browser speaks into. */
  readonly #openerEnd: ChannelEnd = {
    send: (payload) => {
      if (!this.#ended) this.#wing?.onData(payload);
    },
    hold: () => {
      if (!this.#ended) this.#wing?.onHold(true);
    },
    release: () => {
      if (!this.#ended) this.#wing?.onHold(false);
    },
    close: (cause) => {
      if (this.#end()) this.#wing?.onClose(cause);
    },
  };

  /** The wing took the channel. */
  join(wing: ChannelListener): void {
    if (this.#ended) return;
    this.#wing = wing;
    this.#opener.onOpened(this.#openerEnd);
  }

  /** The wing is gone, and hears nothing more itself. */
  loseWing(cause: CloseCause): void {
    if (this.#end()) this.#opener.onClose(cause);
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#onEnded();
    return true;
  }
}
