import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "@wingthing/attached-session/clock";
import { Pace } from "@wingthing/attached-session/pace";
import { parseWingId, type RandomSource, type WingId } from "@wingthing/contracts/ids";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import type { RelayClientLink } from "@wingthing/tunnel/relay-client-link";

/** A relay that does not answer an Open for this long is gone, in ms: wings answer within a round trip. */
const OPEN_WAIT_MS = 10_000;

/** The link as the session uses it. */
export type RelayLink = Pick<
  RelayClientLink,
  "linkId" | "openChannel" | "onPresence" | "presenceReady" | "onDrain" | "onClose" | "close"
>;

/** Where the link to the relay stands. */
export type RelayState =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "online"; readonly linkId: string }
  /** Waits for the next try; `retryAt` in ms since 1970. */
  | { readonly kind: "offline"; readonly retryAt: number; readonly reason: string };

/** There is no link to open a channel on. */
export class RelayOfflineError extends Error {
  override readonly name = "RelayOfflineError";
}

/** What a relay session is made of. */
export interface RelaySessionOptions {
  /** One try: a token, a socket, hello, welcome. */
  readonly connect: (signal: AbortSignal) => Promise<RelayLink>;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** The page's link to the relay, made again whenever it breaks, and which wings it sees. */
export class RelaySession {
  readonly #options: RelaySessionOptions;
  readonly #state = signal<RelayState>({ kind: "connecting", attempt: 1 });
  readonly #online = signal<ReadonlySet<WingId>>(new Set());
  readonly #presenceKnown = signal(false);
  readonly #pace: Pace;
  #link: RelayLink | undefined;
  #wake = new AbortController();

  constructor(options: RelaySessionOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock, options.random);
  }

  /** Where the link stands. */
  get state(): ReadonlySignal<RelayState> {
    return this.#state;
  }

  /** Wings that the relay sees; empty while there is no link. */
  get onlineWings(): ReadonlySignal<ReadonlySet<WingId>> {
    return this.#online;
  }

  /** Whether the relay has told the state of every wing, so that one not in `onlineWings` is really offline. */
  get presenceKnown(): ReadonlySignal<boolean> {
    return this.#presenceKnown;
  }

  /** Stays connected until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { reason, waitMs } = await this.#tryOnce(signal);
      if (signal.aborted) return;
      const ownWaitMs = this.#pace.down();
      await this.#wait(waitMs ?? ownWaitMs, reason, signal);
    }
  }

  /** Tries now instead of at the end of the wait: the person asked, or the network came back. */
  retryNow(): void {
    this.#wake.abort();
  }

  /** Opens a channel to a wing; rejects with RelayOfflineError, RelayRefusedError or RelayLostError. */
  async openPipe(wingId: WingId): Promise<MessagePipe> {
    const link = this.#link;
    if (link === undefined) throw new RelayOfflineError("there is no connection to the roost at the moment");
    const answered = new AbortController();
    const timeout = this.#options.clock.sleep(OPEN_WAIT_MS, answered.signal).then(() => undefined);
    const opening = link.openChannel(wingId);
    const pipe = await Promise.race([opening, timeout]).finally(() => answered.abort());
    if (pipe !== undefined) return pipe;
    opening.then((late) => late.close("too late")).catch(() => {});
    // Not even a refusal came: the link itself is dead, and everybody is better off with a new one.
    link.close();
    throw new RelayOfflineError(`the roost did not answer within ${OPEN_WAIT_MS / 1000} s`);
  }

  async #tryOnce(signal: AbortSignal): Promise<LinkEnd> {
    this.#state.value = { kind: "connecting", attempt: this.#pace.attempt };
    this.#wake = new AbortController();
    try {
      const link = await this.#options.connect(signal);
      return await this.#hold(link, signal);
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async #hold(link: RelayLink, signal: AbortSignal): Promise<LinkEnd> {
    const leave = () => link.close();
    signal.addEventListener("abort", leave);
    let waitMs: number | undefined;
    link.onPresence((wingId, online) => this.#presence(parseWingId(wingId), online));
    link.onDrain((reconnectAfterMs) => {
      // Sessions resume without loss, so the old link need not be outlived.
      waitMs = reconnectAfterMs;
      link.close();
    });
    const ended = new Promise<string>((resolve) => link.onClose(({ text }) => resolve(text)));
    this.#link = link;
    this.#pace.up();
    this.#state.value = { kind: "online", linkId: link.linkId };
    link.presenceReady.then(() => {
      if (this.#link === link) this.#presenceKnown.value = true;
    });
    const reason = await ended;
    signal.removeEventListener("abort", leave);
    this.#link = undefined;
    this.#presenceKnown.value = false;
    this.#online.value = new Set();
    return waitMs === undefined ? { reason } : { reason, waitMs };
  }

  #presence(wingId: WingId, online: boolean): void {
    const wings = new Set(this.#online.peek());
    if (online) wings.add(wingId);
    else wings.delete(wingId);
    this.#online.value = wings;
  }

  async #wait(ms: number, reason: string, signal: AbortSignal): Promise<void> {
    this.#state.value = { kind: "offline", retryAt: this.#options.clock.now() + ms, reason };
    await this.#options.clock.sleep(ms, AbortSignal.any([signal, this.#wake.signal]));
  }
}

interface LinkEnd {
  readonly reason: string;
  /** The relay asked for this wait. */
  readonly waitMs?: number;
}
