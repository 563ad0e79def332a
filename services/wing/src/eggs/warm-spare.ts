import type { Clock, Timer } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { discardEgg, type ReadyEgg } from "./ready-egg.ts";

/** The next spare is made this long after one was used, so that it does not compete with the agent that starts. */
const REPLACE_DELAY_MS = 1_000;
/** A spare that ends sooner than this by itself is not replaced before the next session: something is wrong with it. */
const SHORTEST_GOOD_LIFE_MS = 60_000;

/** What a spare is made with. */
export interface WarmSpareOptions {
  readonly spawn: () => Promise<ReadyEgg>;
  readonly clock: Clock;
  readonly log: Log;
}

type SpareState =
  | { readonly kind: "none" }
  | { readonly kind: "planned"; readonly timer: Timer }
  | { readonly kind: "spawning"; readonly egg: Promise<ReadyEgg | undefined> }
  | { readonly kind: "ready"; readonly egg: ReadyEgg; readonly since: number }
  | { readonly kind: "closed" };

/** One egg that waits for a session, so that a person does not wait for a process to start. */
export class WarmSpare {
  readonly #options: WarmSpareOptions;
  #state: SpareState = { kind: "none" };

  constructor(options: WarmSpareOptions) {
    this.#options = options;
  }

  /** Plans a spare when there is none. */
  warm(delayMs = REPLACE_DELAY_MS): void {
    if (this.#state.kind !== "none") return;
    this.#state = { kind: "planned", timer: this.#options.clock.setTimer(delayMs, () => this.#spawn()) };
  }

  /** Hands the spare out, waiting for one that is being made; undefined when there is none that lives. */
  async take(): Promise<ReadyEgg | undefined> {
    const state = this.#state;
    if (state.kind === "closed" || state.kind === "none") return undefined;
    if (state.kind === "planned") state.timer.cancel();
    this.#state = { kind: "none" };
    if (state.kind === "planned") return undefined;
    const egg = state.kind === "ready" ? state.egg : await state.egg;
    if (egg === undefined || egg.process.running) return egg;
    await discardEgg(egg, this.#options.clock);
    return undefined;
  }

  /** Ends the spare and makes no other. */
  async close(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "planned") state.timer.cancel();
    const egg = state.kind === "ready" ? state.egg : state.kind === "spawning" ? await state.egg : undefined;
    if (egg !== undefined) await discardEgg(egg, this.#options.clock);
  }

  #spawn(): void {
    const egg = this.#trySpawn();
    this.#state = { kind: "spawning", egg };
    void egg.then((ready) => {
      if (this.#state.kind !== "spawning" || this.#state.egg !== egg) return;
      this.#state = ready === undefined ? { kind: "none" } : this.#watched(ready);
    });
  }

  async #trySpawn(): Promise<ReadyEgg | undefined> {
    try {
      return await this.#options.spawn();
    } catch (error) {
      // The next session spawns its own egg, and its caller sees why that fails.
      this.#options.log.warn("no spare egg", { error });
      return undefined;
    }
  }

  #watched(egg: ReadyEgg): SpareState {
    const since = this.#options.clock.monotonicMs();
    egg.process.onExit(() => {
      if (this.#state.kind !== "ready" || this.#state.egg !== egg) return;
      this.#state = { kind: "none" };
      void discardEgg(egg, this.#options.clock).catch((error: unknown) => {
        this.#options.log.warn("folder of a spare egg not removed", { error });
      });
      if (this.#options.clock.monotonicMs() - since >= SHORTEST_GOOD_LIFE_MS) this.warm();
    });
    return { kind: "ready", egg, since };
  }
}
