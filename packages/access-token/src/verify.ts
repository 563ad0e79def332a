import type { WingId } from "@wingthing/contracts/ids";
import type { RelayClaims, TicketClaims } from "./claims.ts";

/** Where a verifier finds the roost's public keys: `keysFromJwks`, `keysFromUrl`, or RoostAuth.keys. */
export interface TokenVerifierKeys {
  /** The ES256 public key of this id; undefined when the roost has none such. Rejects with KeysUnavailableError. */
  keyFor(kid: string): Promise<CryptoKey | undefined>;
}

/** What a ticket must be for. */
export interface TicketExpectation {
  readonly wingId: WingId;
  /** SHA-256 of the initiator's ephemeral key: SealedChannel.channelBinding, 32 bytes. */
  readonly channelBinding: Uint8Array;
}

/** Checks tokens; every refusal is a TokenError. */
export interface TokenVerifier {
  verifyRelayToken(token: string): Promise<RelayClaims>;
  verifyChannelTicket(ticket: string, expected: TicketExpectation): Promise<TicketClaims>;
}

/** Makes a verifier; `now` is wall time in milliseconds. */
export function createVerifier(_keys: TokenVerifierKeys, _options: { now?: () => number } = {}): TokenVerifier {
  throw new Error("not built yet");
}
