import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import type { Clock, Timer } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import type { BinarySocket } from "@wingthing/tunnel/binary-socket";
import { RelayRefusedError } from "@wingthing/tunnel/relay-errors";
import { RelayWingLink } from "@wingthing/tunnel/relay-wing-link";
import { LONGEST_PAUSE_MS, pauseBefore } from "./backoff.ts";
import type { RoostLinkState } from "./link-state.ts";
import { CredentialRefusedError, type RelayToken } from "./roost-api.ts";

/** A credential seldom becomes good again, but the store that was asked may have failed. */
export const REFUSED_PAUSE_MS = 60_000;
/** A link that held this long was a good one: the next attempt begins with the short pause again. */
export const STABLE_MS = 5_000;
/** A token with less life than this is renewed before it is shown. */
export const TOKEN_RESERVE_MS = 60_000;
/** Longest wait that a draining relay is granted before it is left. */
const LONGEST_DRAIN_MS = 30_000;

/** What a link is made with. */
export interface RoostLinkOptions {
  readonly issueToken: (signal: AbortSignal) => Promise<RelayToken>;
  readonly dial: () => BinarySocket;
  /** Serves a channel that a browser opened; resolves when it has ended and never rejects. */
  readonly servePipe: (pipe: MessagePipe) => Promise<void>;
  readonly onState: (state: RoostLinkState) => void;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** How one attempt ended. */
type Outcome =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "drained"; readonly afterMs: number }
  /** The same wing connected from elsewhere; to come back at once would throw it out in turn. */
  | { readonly kind: "replaced"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string; readonly stable: boolean };

/** Keeps the wing connected to its roost's relay for as long as it runs. */
export class RoostLink {
  readonly #options: RoostLinkOptions;
  #token: RelayToken | undefined;

  constructor(options: RoostLinkOptions) {
    this.#options = options;
  }

  /** Connects, and connects again after each end, until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      this.#options.onState({ kind: "dialing", attempt });
      const outcome = await this.#tryOnce(signal);
      if (signal.aborted) return;
      const good = outcome.kind === "drained" || (outcome.kind === "lost" && outcome.stable);
      attempt = good ? 0 : attempt + 1;
      const pauseMs = this.#pauseAfter(outcome, attempt);
      this.#tell(outcome, pauseMs);
      await this.#options.clock.sleep(pauseMs, signal).catch(() => {});
    }
  }

  async #tryOnce(signal: AbortSignal): Promise<Outcome> {
    try {
      const token = await this.#freshToken(signal);
      const link = await RelayWingLink.connect({ socket: this.#options.dial(), token, signal });
      return await this.#hold(link, signal);
    } catch (error) {
      if (error instanceof CredentialRefusedError) return { kind: "refused", reason: error.message };
      return this.#lost(error, false);
    }
  }

  /** Serves channels until the link ends or its relay goes away. */
  #hold(link: RelayWingLink, signal: AbortSignal): Promise<Outcome> {
    const { clock, onState, log } = this.#options;
    const since = clock.monotonicMs();
    const close = () => link.close();
    signal.addEventListener("abort", close, { once: true });
    onState({ kind: "online", linkId: link.linkId });
    log.info("link to the roost stands", { linkId: link.linkId });
    return new Promise((resolve) => {
      const serving = new PipesInService(link, this.#options);
      link.onDrain((afterMs) => {
        serving.closeLinkWhenIdle();
        resolve({ kind: "drained", afterMs });
      });
      link.onClose((reason) => {
        signal.removeEventListener("abort", close);
        serving.end();
        const stable = clock.monotonicMs() - since >= STABLE_MS;
        resolve(this.#lost(reason.error ?? new Error(reason.text), stable));
      });
    });
  }

  async #freshToken(signal: AbortSignal): Promise<string> {
    const known = this.#token;
    if (known !== undefined && known.expiresAtMs - this.#options.clock.now() > TOKEN_RESERVE_MS) return known.token;
    this.#token = await this.#options.issueToken(signal);
    return this.#token.token;
  }

  #lost(error: unknown, stable: boolean): Outcome {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof RelayRefusedError) {
      if (error.reason === CloseReason.REPLACED) return { kind: "replaced", reason };
      if (error.reason === CloseReason.UNAUTHENTICATED) this.#token = undefined;
    }
    return { kind: "lost", reason, stable };
  }

  #pauseAfter(outcome: Outcome, attempt: number): number {
    switch (outcome.kind) {
      case "refused":
        return REFUSED_PAUSE_MS;
      case "replaced":
        return LONGEST_PAUSE_MS;
      case "drained":
        return Math.min(outcome.afterMs, LONGEST_DRAIN_MS);
      case "lost":
        return pauseBefore(attempt, this.#options.random);
    }
  }

  #tell(outcome: Outcome, pauseMs: number): void {
    const { onState, clock, log } = this.#options;
    const retryAt = clock.now() + pauseMs;
    if (outcome.kind === "refused") {
      log.warn("roost refused the wing", { reason: outcome.reason });
      onState({ kind: "refused", reason: outcome.reason, retryAt });
      return;
    }
    const reason = outcome.kind === "drained" ? "the roost is going away" : outcome.reason;
    log.info("link to the roost ended", { reason, pauseMs });
    onState({ kind: "offline", reason, retryAt });
  }
}

/** The channels of one link: a draining relay is left when the last of them has ended. */
class PipesInService {
  readonly #link: RelayWingLink;
  readonly #clock: Clock;
  #open = 0;
  #leaving = false;
  #drainTimer: Timer | undefined;

  constructor(link: RelayWingLink, { servePipe, clock }: RoostLinkOptions) {
    this.#link = link;
    this.#clock = clock;
    link.onChannel((pipe) => {
      this.#open += 1;
      void servePipe(pipe).finally(() => {
        this.#open -= 1;
        if (this.#leaving && this.#open === 0) this.#link.close();
      });
    });
  }

  closeLinkWhenIdle(): void {
    this.#leaving = true;
    if (this.#open === 0) this.#link.close();
    else this.#drainTimer = this.#clock.setTimer(LONGEST_DRAIN_MS, () => this.#link.close());
  }

  /** The link has ended. */
  end(): void {
    this.#drainTimer?.cancel();
  }
}
