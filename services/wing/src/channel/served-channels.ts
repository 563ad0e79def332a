import { createContextValues } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import type { WingId } from "@wingthing/contracts/ids";
import type { KeyPair } from "@wingthing/sealed-channel/key-pair";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { acceptSealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { serveTunnel } from "@wingthing/tunnel/tunnel-server";
import { Caller, callerKey } from "../access/caller.ts";
import { nodeAead } from "./node-aead.ts";

/** Channels at once: a browser tab holds one, the flow control of each may hold 2 MiB. */
export const MAX_CHANNELS = 64;
/** A browser answers a handshake in one round trip; on the worst mobile link that is seconds. */
const HANDSHAKE_WAIT_MS = 10_000;
/** A browser asks its roost for a ticket while the handshake runs and presents it at once. */
export const TICKET_WAIT_MS = 10_000;

/** What channels are served with. */
export interface ServedChannelsOptions {
  readonly wingId: WingId;
  readonly keyPair: KeyPair;
  /** The services, made with TUNNEL_ROUTER_OPTIONS. */
  readonly handlers: readonly UniversalHandler[];
  readonly clock: Clock;
  readonly log: Log;
  /** Called after each change of the number of open channels. */
  readonly onCount: (open: number) => void;
}

/** The sealed channels that browsers opened to this wing. */
export class ServedChannels {
  readonly #options: ServedChannelsOptions;
  /** How to end each channel that is open or shakes hands. */
  readonly #ends = new Set<(reason: string) => void>();

  constructor(options: ServedChannelsOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#ends.size;
  }

  /** Serves whoever is at the other end of a pipe until the channel ends. Never rejects. */
  async serve(pipe: MessagePipe): Promise<void> {
    if (this.#ends.size >= MAX_CHANNELS) {
      this.#options.log.warn("channel refused because too many are open", { open: this.#ends.size });
      return pipe.close("the wing serves too many channels");
    }
    const end = { close: (reason: string) => pipe.close(reason) };
    const close = (reason: string) => end.close(reason);
    this.#ends.add(close);
    this.#options.onCount(this.#ends.size);
    try {
      await this.#serveSealed(pipe, (closeTunnel) => (end.close = closeTunnel));
    } catch (error) {
      this.#options.log.info("no channel was made", { error });
      pipe.close("handshake failed");
    } finally {
      this.#ends.delete(close);
      this.#options.onCount(this.#ends.size);
    }
  }

  /** Ends every channel. */
  closeAll(reason: string): void {
    for (const close of this.#ends) close(reason);
  }

  async #serveSealed(pipe: MessagePipe, onTunnel: (close: (reason: string) => void) => void): Promise<void> {
    const { wingId, keyPair, handlers, clock, log } = this.#options;
    const handshake = { pipe, keyPair, wingId, aead: nodeAead, handshakeTimeoutMs: HANDSHAKE_WAIT_MS };
    const channel = await acceptSealedChannel(handshake);
    const caller = Caller.stranger(channel.channelBinding);
    const contextValues = () => createContextValues().set(callerKey, caller);
    const tunnel = serveTunnel(channel, handlers, { contextValues });
    onTunnel((reason) => tunnel.close(reason));
    const ticketTimer = clock.setTimer(TICKET_WAIT_MS, () => {
      if (caller.person === undefined) tunnel.close(`no ticket within ${TICKET_WAIT_MS / 1_000} s`);
    });
    const reason = await tunnel.closed;
    ticketTimer.cancel();
    log.info("channel closed", { kind: reason.kind });
  }
}
