import type { RelayClaims } from "@wingthing/access-token/claims";
import { KeysUnavailableError, TokenError } from "@wingthing/access-token/token-error";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { Clock, Timer } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { PROTOCOL_VERSION, readFrame } from "../frames/frame-codec.ts";
import { ProtocolError } from "../frames/protocol-error.ts";
import type { LinkSocket, SocketListener } from "../links/link-socket.ts";
import type { RelayLimits } from "../relay-limits.ts";
import type { CloseCause } from "../switchboard/switchboard.ts";

/** Rejects with a TokenError when the token is not good. */
export type VerifyToken = (token: string) => Promise<RelayClaims>;

/** What a greeting needs. */
export interface GreetingOptions {
  readonly verifyToken: VerifyToken;
  readonly limits: Pick<RelayLimits, "helloTimeoutMs" | "verifyTimeoutMs">;
  readonly clock: Clock;
  readonly log: Log;
}

const NO_ANSWER: CloseCause = {
  reason: CloseReason.UNAVAILABLE,
  text: "The token could not be checked in time: try again.",
};
const VERIFY_FAILED: CloseCause = {
  reason: CloseReason.UNAVAILABLE,
  text: "The token could not be checked: try again; the cause is in the relay's log.",
};

/** Waits for the Hello of a new socket and checks its token. Undefined: the socket has been ended, and told why. */
export function greet(socket: LinkSocket, options: GreetingOptions): Promise<RelayClaims | undefined> {
  return new Promise((resolve) => socket.listen(new Greeting(socket, options, resolve)));
}

class Greeting implements SocketListener {
  readonly #socket: LinkSocket;
  readonly #options: GreetingOptions;
  readonly #resolve: (claims: RelayClaims | undefined) => void;
  #timer: Timer;
  #heardHello = false;

  constructor(socket: LinkSocket, options: GreetingOptions, resolve: (claims: RelayClaims | undefined) => void) {
    this.#socket = socket;
    this.#options = options;
    this.#resolve = resolve;
    const { clock, limits } = options;
    const seconds = limits.helloTimeoutMs / 1_000;
    const noHello = { reason: CloseReason.UNAUTHENTICATED, text: `No Hello came within ${seconds} s.` };
    this.#timer = clock.setTimer(limits.helloTimeoutMs, () => socket.end(noHello));
  }

  onMessage(message: Uint8Array): void {
    const frame = readFrame(message);
    if (this.#heardHello) throw new ProtocolError(`a frame of kind ${frame.kind} before the welcome; wait for it`);
    if (frame.kind !== "hello") throw new ProtocolError(`a frame of kind ${frame.kind}, wanted hello first`);
    const { token, version } = frame.hello;
    if (version !== PROTOCOL_VERSION) {
      throw new ProtocolError(`version ${version}, wanted ${PROTOCOL_VERSION}: update the older of wt and roost`);
    }
    this.#heardHello = true;
    this.#timer.cancel();
    const { clock, limits } = this.#options;
    this.#timer = clock.setTimer(limits.verifyTimeoutMs, () => this.#socket.end(NO_ANSWER));
    void this.#verify(token);
  }

  async #verify(token: string): Promise<void> {
    try {
      const claims = await this.#options.verifyToken(token);
      this.#timer.cancel();
      if (!this.#socket.isEnded) this.#resolve(claims);
    } catch (error) {
      this.#socket.end(this.#refusal(error));
    }
  }

  #refusal(error: unknown): CloseCause {
    if (error instanceof KeysUnavailableError) return { reason: CloseReason.UNAVAILABLE, text: error.message };
    if (error instanceof TokenError) return { reason: CloseReason.UNAUTHENTICATED, text: error.message };
    this.#options.log.error("a token could not be checked", { error });
    return VERIFY_FAILED;
  }

  onEnd(): void {
    this.#timer.cancel();
    this.#resolve(undefined);
  }
}
