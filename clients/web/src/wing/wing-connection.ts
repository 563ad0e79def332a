import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "@wingthing/attached-session/clock";
import { Pace } from "@wingthing/attached-session/pace";
import { when } from "@wingthing/attached-session/when";
import type { RandomSource, WingId } from "@wingthing/contracts/ids";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import type { RecordStore } from "../storage/record-store.ts";
import { ChannelProbe } from "./channel-probe.ts";
import { dialOutcome } from "./dial-outcome.ts";
import { decideKey, type KeyPin } from "./key-pin.ts";
import type { SecuredWing, SecureOptions } from "./secure-wing-channel.ts";
import { applyWatch, type SessionList } from "./session-list.ts";
import { parseInfo, type WingInfo } from "./wing-info.ts";
import type { WingServices, WingState } from "./wing-state.ts";

/** What a connection to a wing is made of. */
export interface WingConnectionOptions {
  readonly wingId: WingId;
  /** Whether the relay sees the wing now. */
  readonly reachable: ReadonlySignal<boolean>;
  /** The key that the roost states: a hint for the first meeting. */
  readonly statedKey: () => Uint8Array | undefined;
  readonly openPipe: (wingId: WingId) => Promise<MessagePipe>;
  readonly ticket: (wingId: WingId, channelBinding: Uint8Array, signal: AbortSignal) => Promise<string>;
  readonly secure: (options: SecureOptions) => Promise<SecuredWing>;
  readonly pins: RecordStore<KeyPin>;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** One wing, kept connected for as long as the relay sees it. */
export class WingConnection {
  readonly #options: WingConnectionOptions;
  readonly #state = signal<WingState>({ kind: "offline" });
  readonly #info = signal<WingInfo | undefined>(undefined);
  readonly #sessions = signal<SessionList>({ kind: "unknown" });
  readonly #pin = signal<KeyPin | undefined>(undefined);
  readonly #trouble = signal("");
  readonly #roundTripMs = signal<number | undefined>(undefined);
  readonly #decisions = signal(0);
  readonly #services = computed<WingServices | undefined>(() =>
    this.#state.value.kind === "online" ? this.#state.value.services : undefined,
  );
  readonly #probe: ChannelProbe;

  constructor(options: WingConnectionOptions) {
    this.#options = options;
    this.#probe = new ChannelProbe(options.clock, (ms) => {
      this.#roundTripMs.value = ms;
    });
  }

  /** The wing. */
  get wingId(): WingId {
    return this.#options.wingId;
  }

  /** Where the channel stands. */
  get state(): ReadonlySignal<WingState> {
    return this.#state;
  }

  /** The services while the channel stands. */
  get services(): ReadonlySignal<WingServices | undefined> {
    return this.#services;
  }

  /** What the wing said of itself when it was last online on this page. */
  get info(): ReadonlySignal<WingInfo | undefined> {
    return this.#info;
  }

  /** The sessions as last told on this page. */
  get sessions(): ReadonlySignal<SessionList> {
    return this.#sessions;
  }

  /** The pinned key. */
  get pin(): ReadonlySignal<KeyPin | undefined> {
    return this.#pin;
  }

  /** Round trip through the sealed channel, in ms, as last measured. */
  get roundTripMs(): ReadonlySignal<number | undefined> {
    return this.#roundTripMs;
  }

  /** Why the last try failed; empty once one succeeded. */
  get trouble(): ReadonlySignal<string> {
    return this.#trouble;
  }

  /** Stays connected until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    if (!(await this.#loadPin())) return;
    const pace = new Pace(this.#options.clock, this.#options.random);
    while (!signal.aborted) {
      try {
        await this.#untilReachable(signal);
        await this.#tryOnce(pace, signal);
        const waitMs = pace.down();
        if (this.#options.reachable.peek()) await this.#options.clock.sleep(waitMs, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  /** Tries again now, after a refusal or a changed key. */
  retry(): void {
    this.#decisions.value += 1;
  }

  /** Looks now whether the other end still answers: the device woke up, or the network changed. */
  probe(): void {
    this.#probe.now();
  }

  /** The person compared the words and trusts the new key: it takes the place of the pinned one. */
  async trustKey(publicKey: Uint8Array): Promise<void> {
    await this.#savePin(publicKey, this.#options.clock.now());
    this.retry();
  }

  /** False when the pin cannot be read: without it any key would do, so nothing is dialed. */
  async #loadPin(): Promise<boolean> {
    try {
      this.#pin.value = await this.#options.pins.get(this.wingId);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#state.value = { kind: "refused", reason };
      return false;
    }
  }

  async #untilReachable(signal: AbortSignal): Promise<void> {
    if (this.#options.reachable.peek()) return;
    this.#state.value = { kind: "offline" };
    await when(this.#options.reachable, (reachable) => reachable || undefined, signal);
  }

  /** One channel, from dialing to its end. */
  async #tryOnce(pace: Pace, signal: AbortSignal): Promise<void> {
    const { wingId } = this.#options;
    const { attempt } = pace;
    const decision = decideKey(this.#pin.peek(), this.#options.statedKey());
    if (decision.kind === "changed") {
      return this.#stop({ kind: "key-changed", pinned: decision.pinned, offered: decision.stated }, signal);
    }
    if (decision.kind === "unknown") {
      this.#retryLater(attempt, "the roost has not told the key of this wing yet");
      return;
    }
    try {
      this.#state.value = { kind: "dialing", attempt };
      const pipe = await this.#options.openPipe(wingId);
      this.#state.value = { kind: "securing", attempt };
      const ticket: SecureOptions["ticket"] = (binding, until) => this.#options.ticket(wingId, binding, until);
      const secured = await this.#options.secure({ pipe, wingId, publicKey: decision.publicKey, ticket, signal });
      if (decision.kind === "first-use") await this.#savePin(decision.publicKey, this.#options.clock.now());
      pace.up();
      await this.#hold(secured, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      await this.#failed(error, attempt, signal);
    }
  }

  async #failed(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
    const outcome = dialOutcome(error);
    const pin = this.#pin.peek();
    if (outcome.kind === "retry") {
      this.#retryLater(attempt, outcome.reason);
      return;
    }
    if (outcome.kind === "refused") return this.#stop(outcome, signal);
    if (pin !== undefined) {
      return this.#stop({ kind: "key-changed", pinned: pin.publicKey, offered: outcome.offered }, signal);
    }
    const reason =
      "The wing does not hold the key that the roost states for it. Compare with `wt wing fingerprint` there.";
    return this.#stop({ kind: "refused", reason }, signal);
  }

  #retryLater(attempt: number, reason: string): void {
    this.#trouble.value = reason;
    this.#state.value = { kind: "retrying", attempt, reason };
  }

  /** Stands still until the person decides; a refusal also ends when the wing goes away, for it may come back changed. */
  async #stop(state: WingState, signal: AbortSignal): Promise<void> {
    this.#state.value = state;
    const before = this.#decisions.peek();
    const moved = computed(
      () => this.#decisions.value !== before || (state.kind === "refused" && !this.#options.reachable.value),
    );
    await when(moved, (go) => go || undefined, signal);
  }

  /** The channel stands: keeps info, sessions and round trip current until it ends. */
  async #hold({ tunnel, services, person }: SecuredWing, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const leave = () => tunnel.close("the page was left");
    signal.addEventListener("abort", leave);
    this.#trouble.value = "";
    this.#state.value = { kind: "online", services, person };
    const tasks = [
      this.#again(() => this.#readInfo(services, either), either),
      this.#again(() => this.#watch(services, either), either),
      this.#probe.untilSilent(tunnel, either).then((silent) => silent && tunnel.close("no answer")),
    ];
    await tunnel.closed;
    signal.removeEventListener("abort", leave);
    stop.abort();
    this.#roundTripMs.value = undefined;
    this.#state.value = this.#options.reachable.peek() ? { kind: "dialing", attempt: 1 } : { kind: "offline" };
    await Promise.all(tasks);
  }

  /** Repeats the task until it is done or the channel ended. */
  async #again(task: () => Promise<"done" | "more">, signal: AbortSignal): Promise<void> {
    const pace = new Pace(this.#options.clock, this.#options.random);
    while (!signal.aborted) {
      pace.up();
      try {
        if ((await task()) === "done") return;
      } catch {
        // The wing refused or failed this one call; the state of the channel is told by the channel itself.
      }
      await this.#options.clock.sleep(pace.down(), signal);
    }
  }

  async #readInfo(services: WingServices, signal: AbortSignal): Promise<"done"> {
    const info = parseInfo(await services.info.getInfo({}, { signal }));
    this.#info.value = info;
    const pin = this.#pin.peek();
    if (pin !== undefined && pin.label !== info.label) await this.#writePin({ ...pin, label: info.label });
    return "done";
  }

  async #watch(services: WingServices, signal: AbortSignal): Promise<"more"> {
    for await (const change of services.sessions.watch({}, { signal })) {
      this.#sessions.value = applyWatch(this.#sessions.peek(), change);
    }
    return "more";
  }

  async #savePin(publicKey: Uint8Array, pinnedSince: number): Promise<void> {
    const label = this.#info.peek()?.label ?? this.#pin.peek()?.label ?? "";
    await this.#writePin({ wingId: this.wingId, publicKey: new Uint8Array(publicKey), pinnedSince, label });
  }

  async #writePin(pin: KeyPin): Promise<void> {
    await this.#options.pins.put(this.wingId, pin);
    this.#pin.value = pin;
  }
}
