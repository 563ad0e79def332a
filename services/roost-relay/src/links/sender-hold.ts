import type { Timer } from "@wingthing/service-runtime/clock";
import type { RelayContext } from "./link.ts";
import type { WingChannel } from "./wing-channel.ts";

/**
 * Back-pressure of one wing: whoever sends while too much waits for it is held until all of that has left. A wing that
 * takes too long loses the channels of those whom it holds, for they may have other wings to talk to.
 */
export class SenderHold {
  readonly #context: Pick<RelayContext, "clock" | "limits">;
  readonly #held = new Set<WingChannel>();
  #timer: Timer | undefined;

  constructor(context: Pick<RelayContext, "clock" | "limits">) {
    this.#context = context;
  }

  /** Holds a sender. Idempotent. */
  hold(channel: WingChannel): void {
    if (this.#held.has(channel)) return;
    const { clock, limits } = this.#context;
    this.#held.add(channel);
    this.#timer ??= clock.setTimer(limits.maxHoldMs, () => this.#giveUp());
    channel.end.hold();
  }

  /** Everything has left. */
  release(): void {
    const held = this.#clear();
    for (const channel of held) channel.end.release();
  }

  /** The channel is over. */
  forget(channel: WingChannel): void {
    this.#held.delete(channel);
    if (this.#held.size === 0) this.#clear();
  }

  #giveUp(): void {
    const held = this.#clear();
    for (const channel of held) channel.fallBehind();
  }

  #clear(): WingChannel[] {
    this.#timer?.cancel();
    this.#timer = undefined;
    const held = [...this.#held];
    this.#held.clear();
    return held;
  }
}
