import { createClient } from "@connectrpc/connect";
import { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { WorkspaceService } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";
import type { WingId } from "@wingthing/contracts/ids";
import { WrongWingKeyError } from "@wingthing/sealed-channel/channel-errors";
import { fingerprintWords } from "@wingthing/sealed-channel/key-pair";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { openSealedChannel, type SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { webCryptoAead } from "@wingthing/sealed-channel/webcrypto-aead";
import { createTunnelClient, type TunnelClient } from "@wingthing/tunnel/tunnel-client";
import { WingKeyMismatchError } from "./wing-key-mismatch.ts";
import type { Person, WingServices } from "./wing-state.ts";

// Loaded when the first wing is dialed: the ciphers are most of the page's code.

/** From the first handshake byte to Authenticate's answer, in ms: three round trips and a ticket, even on a slow phone. */
const SECURE_WAIT_MS = 15_000;

/** What a secured channel gives. */
export interface SecuredWing {
  readonly tunnel: TunnelClient;
  readonly services: WingServices;
  readonly person: Person;
}

/** How to secure a pipe. */
export interface SecureOptions {
  readonly pipe: MessagePipe;
  readonly wingId: WingId;
  readonly publicKey: Uint8Array;
  /** Fetches a ticket that is good for this channel only. */
  readonly ticket: (channelBinding: Uint8Array, signal: AbortSignal) => Promise<string>;
  readonly signal: AbortSignal;
}

/**
 * Handshake with the holder of the key, then Authenticate. Rejects with WingKeyMismatchError, HandshakeFailedError or
 * a ConnectError, and leaves no channel open then.
 */
export async function secureWingChannel(options: SecureOptions): Promise<SecuredWing> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(SECURE_WAIT_MS)]);
  const channel = await handshake(options, signal);
  const tunnel = createTunnelClient(channel);
  try {
    const ticket = await options.ticket(channel.channelBinding, signal);
    const { displayName, role } = await createClient(AccessService, tunnel.transport).authenticate(
      { ticket },
      { signal },
    );
    return { tunnel, services: servicesOver(tunnel), person: { displayName, role } };
  } catch (error) {
    tunnel.close("not admitted");
    throw error;
  }
}

/** The fingerprint of a public key, as the words that `wt wing fingerprint` shows. */
export function keyWords(publicKey: Uint8Array): readonly string[] {
  return fingerprintWords(publicKey).split("-");
}

async function handshake(options: SecureOptions, signal: AbortSignal): Promise<SealedChannel> {
  const { pipe, wingId, publicKey: wingPublicKey } = options;
  try {
    return await openSealedChannel({ pipe, wingId, wingPublicKey, aead: webCryptoAead, signal });
  } catch (error) {
    throw error instanceof WrongWingKeyError ? new WingKeyMismatchError(error) : error;
  }
}

function servicesOver({ transport }: TunnelClient): WingServices {
  return {
    info: createClient(InfoService, transport),
    sessions: createClient(SessionService, transport),
    workspace: createClient(WorkspaceService, transport),
  };
}
