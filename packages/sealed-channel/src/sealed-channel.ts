import type { RandomSource } from "@wingthing/contracts/ids";
import type { AeadFactory } from "./aead.ts";
import type { KeyPair } from "./key-pair.ts";
import type { MessagePipe, PipeCloseReason } from "./message-pipe.ts";

/** The longest plaintext of one record: 65,535 bytes of a Noise message less its tag. */
export const MAX_PLAINTEXT_BYTES = 65_519;

/** Why a channel ended: as its pipe did, or `failed` with the error that this end found. */
export type ChannelCloseReason =
  | PipeCloseReason
  | { readonly kind: "failed"; readonly text: string; readonly error: Error };

/** Both ends hold the keys: whole messages in order, that nobody between them can read or change. */
export interface SealedChannel {
  /** The handshake hash: equal at both ends, and at nobody else's. */
  readonly handshakeHash: Uint8Array;
  /** SHA-256 of the initiator's ephemeral public key: the `cnf` of its ticket. */
  readonly channelBinding: Uint8Array;
  /** Abilities that the other end named in its hello. */
  readonly peerAbilities: readonly string[];
  /** Seals and sends at most MAX_PLAINTEXT_BYTES, in order; throws PlaintextTooLongError, ChannelClosedError. */
  send(plaintext: Uint8Array): void;
  /** Bytes accepted by send and not yet handed to the network. */
  readonly bufferedBytes: number;
  /** Resolves when bufferedBytes is below the pipe's low-water mark, or the channel closed. */
  drained(): Promise<void>;
  /** Sets the handler of plaintexts, which come in order; what arrived before is kept for it. */
  onMessage(handler: (plaintext: Uint8Array) => void): void;
  /** Sets the handler of the end; called exactly once, at this end's own close too. */
  onClose(handler: (reason: ChannelCloseReason) => void): void;
  /** Ends the channel after what was sent before. The text is not sealed: a relay can read it. */
  close(reason?: string): void;
  /** Ends the channel because of what the other end did: the reason at this end is `failed` with the error. */
  fail(error: Error): void;
}

/** The part of AbortSignal that is used; stated here because this package is compiled without DOM and Node types. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What both ends may choose. */
export interface HandshakeOptions {
  readonly pipe: MessagePipe;
  /** Wing that the channel is for; part of the transcript. */
  readonly wingId: string;
  readonly aead: AeadFactory;
  /** Abilities to name in the hello; none by default. */
  readonly abilities?: readonly string[];
  readonly random?: RandomSource;
  readonly signal?: CancelSignal;
  readonly handshakeTimeoutMs?: number;
}

/** What the browser brings: the wing's key, from its own pin or from `wt wing fingerprint`. */
export interface InitiatorOptions extends HandshakeOptions {
  readonly wingPublicKey: Uint8Array;
}

/** What the wing brings: its static key pair. */
export interface ResponderOptions extends HandshakeOptions {
  readonly keyPair: KeyPair;
}

/** Opens a channel to the holder of the wing's key; rejects with WrongWingKeyError or HandshakeFailedError. */
export function openSealedChannel(_options: InitiatorOptions): Promise<SealedChannel> {
  throw new Error("not built yet");
}

/** Waits for an initiator on the pipe and answers it; rejects with HandshakeFailedError. */
export function acceptSealedChannel(_options: ResponderOptions): Promise<SealedChannel> {
  throw new Error("not built yet");
}
