import { Code, ConnectError } from "@connectrpc/connect";
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "@wingthing/attached-session/clock";
import { Pace } from "@wingthing/attached-session/pace";
import type { RandomSource } from "@wingthing/contracts/ids";
import type { Account, Machine, RoostApi } from "./roost-api.ts";

/** What the roost told of the person and their machines. */
export type DirectoryState =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly account: Account; readonly machines: readonly Machine[] }
  /** Not told yet, and the last try failed; the next one comes by itself. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The roost does not know this person. */
  | { readonly kind: "signed-out"; readonly reason: string };

/** The account and its machines, asked for until they are told, and again whenever they may have changed. */
export class RoostDirectory {
  readonly #api: RoostApi;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #state = signal<DirectoryState>({ kind: "loading" });
  #wake = new AbortController();

  constructor(api: RoostApi, clock: Clock, random: RandomSource) {
    this.#api = api;
    this.#clock = clock;
    this.#random = random;
  }

  /** What was told last. */
  get state(): ReadonlySignal<DirectoryState> {
    return this.#state;
  }

  /** Asks again now. */
  refresh(): void {
    this.#wake.abort();
  }

  /** Asks until the signal aborts: at once, then whenever `refresh` is called; failures are tried again by themselves. */
  async run(signal: AbortSignal): Promise<void> {
    const pace = new Pace(this.#clock, this.#random);
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const wake = AbortSignal.any([signal, this.#wake.signal]);
      if (await this.#tryOnce(signal)) {
        pace.up();
        await new Promise<void>((resolve) => {
          if (wake.aborted) resolve();
          else wake.addEventListener("abort", () => resolve());
        });
      } else {
        await this.#clock.sleep(pace.down(), wake);
      }
    }
  }

  async #tryOnce(signal: AbortSignal): Promise<boolean> {
    try {
      const [account, machines] = await Promise.all([this.#api.account(signal), this.#api.machines(signal)]);
      this.#state.value = { kind: "ready", account, machines };
      return true;
    } catch (error) {
      if (!signal.aborted) this.#failed(ConnectError.from(error));
      return false;
    }
  }

  /** What was told before stays: a roost that is away for a moment takes nothing off the screen. */
  #failed({ code, rawMessage }: ConnectError): void {
    if (code === Code.Unauthenticated || code === Code.PermissionDenied) {
      this.#state.value = { kind: "signed-out", reason: rawMessage };
    } else if (this.#state.peek().kind !== "ready") {
      this.#state.value = { kind: "unreachable", reason: rawMessage };
    }
  }
}
