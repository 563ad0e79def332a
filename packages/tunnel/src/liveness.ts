import type { StartTimer } from "@wingthing/sealed-channel/host";
import { PeerSilentError } from "./tunnel-errors.ts";
import { MAX_PENDING_PINGS, MAX_SILENT_INTERVALS, PING_INTERVAL_MS } from "./tunnel-limits.ts";

/** What liveness asks of the channel. */
export interface LivenessOptions {
  readonly startTimer: StartTimer;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  sendPing(nonce: bigint): void;
  onSilent(error: PeerSilentError): void;
}

/** More pings are outstanding than make sense. */
export class TooManyPingsError extends Error {
  override readonly name = "TooManyPingsError";
  constructor() {
    super(`${MAX_PENDING_PINGS} pings are outstanding: wait for an answer`);
  }
}

interface PendingPing {
  readonly sentAt: number;
  resolve(roundTripMs: number): void;
  reject(error: Error): void;
}

/** Asks a silent other end whether it lives, gives it up when it stays silent, and measures round trips. */
export class Liveness {
  readonly #options: LivenessOptions;
  readonly #pending = new Map<bigint, PendingPing>();
  #nonce = 0n;
  #heard = false;
  #silentIntervals = 0;
  #stopTimer: () => void;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#stopTimer = options.startTimer(() => this.#tick(), PING_INTERVAL_MS);
  }

  /** Something came from the other end. */
  heard(): void {
    this.#heard = true;
  }

  /** The round-trip time in milliseconds; rejects with TooManyPingsError, or what stop is given. */
  ping(): Promise<number> {
    if (this.#pending.size >= MAX_PENDING_PINGS) return Promise.reject(new TooManyPingsError());
    return new Promise((resolve, reject) => {
      this.#pending.set(this.#sendPing(), { sentAt: this.#options.now(), resolve, reject });
    });
  }

  /** An answer came; those that nobody waits for are of the timer. */
  pong(nonce: bigint): void {
    const ping = this.#pending.get(nonce);
    this.#pending.delete(nonce);
    ping?.resolve(this.#options.now() - ping.sentAt);
  }

  stop(error: Error): void {
    this.#stopTimer();
    for (const ping of this.#pending.values()) ping.reject(error);
    this.#pending.clear();
  }

  #tick(): void {
    this.#silentIntervals = this.#heard ? 0 : this.#silentIntervals + 1;
    if (this.#silentIntervals >= MAX_SILENT_INTERVALS) {
      this.#options.onSilent(new PeerSilentError(this.#silentIntervals * PING_INTERVAL_MS));
      return;
    }
    if (!this.#heard) this.#sendPing();
    this.#heard = false;
    this.#stopTimer = this.#options.startTimer(() => this.#tick(), PING_INTERVAL_MS);
  }

  #sendPing(): bigint {
    this.#nonce += 1n;
    this.#options.sendPing(this.#nonce);
    return this.#nonce;
  }
}
