import type { RandomSource } from "@wingthing/contracts/ids";
import type { AeadFactory } from "./aead.ts";
import { type ChannelCloseReason, HandshakeFailedError, WrongWingKeyError } from "./channel-errors.ts";
import { type HandshakeContext, type HandshakeResult, initiate, respond } from "./handshake.ts";
import { type StartTimer, startHostTimer } from "./host.ts";
import { hostRandom, InvalidKeyLengthError, type KeyPair } from "./key-pair.ts";
import type { MessagePipe } from "./message-pipe.ts";
import type { CipherState } from "./noise/cipher-state.ts";
import { DH_BYTES } from "./noise/primitives.ts";
import { type CancelSignal, PipeReader } from "./pipe-reader.ts";
import { RecordChannel } from "./record-channel.ts";
import { REKEY_LIMITS, RecordCipher, type RekeyLimits } from "./record-cipher.ts";

export type { ChannelCloseReason } from "./channel-errors.ts";

/** A handshake takes two messages and 5 ms of computing; slower than this and a person should be told. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

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
  /** Resolves when bufferedBytes is below PIPE_LOW_WATER_BYTES, or the channel closed. */
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
  readonly startTimer?: StartTimer;
  /** For tests; both ends must agree, and nothing on the wire says so. */
  readonly rekeyLimits?: RekeyLimits;
}

/** What the browser brings: the wing's key, from its own pin or from `wt wing fingerprint`. */
export interface InitiatorOptions extends HandshakeOptions {
  readonly wingPublicKey: Uint8Array;
}

/** What the wing brings: its static key pair. */
export interface ResponderOptions extends HandshakeOptions {
  readonly keyPair: KeyPair;
}

/**
 * Opens a channel to the holder of the wing's key; rejects with WrongWingKeyError, HandshakeFailedError or
 * InvalidKeyLengthError, and the pipe is closed then.
 */
export async function openSealedChannel(options: InitiatorOptions): Promise<SealedChannel> {
  return handshakeThen(options, async (context) => {
    const { length } = options.wingPublicKey;
    if (length !== DH_BYTES) throw new InvalidKeyLengthError(length);
    const result = await initiate(context, options.wingPublicKey);
    return { result, outbound: result.ciphers.fromInitiator, inbound: result.ciphers.fromResponder };
  });
}

/** Waits for an initiator and answers it; rejects with HandshakeFailedError, and the pipe is closed then. */
export async function acceptSealedChannel(options: ResponderOptions): Promise<SealedChannel> {
  return handshakeThen(options, async (context) => {
    const result = await respond(context, options.keyPair);
    return { result, outbound: result.ciphers.fromResponder, inbound: result.ciphers.fromInitiator };
  });
}

interface Directions {
  readonly result: HandshakeResult;
  readonly outbound: CipherState;
  readonly inbound: CipherState;
}

async function handshakeThen(
  options: HandshakeOptions,
  handshake: (context: HandshakeContext) => Promise<Directions>,
): Promise<SealedChannel> {
  const { pipe, wingId, aead, abilities = [], random = hostRandom, rekeyLimits = REKEY_LIMITS } = options;
  const reader = new PipeReader(pipe, {
    timeoutMs: options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
    startTimer: options.startTimer ?? startHostTimer,
    signal: options.signal,
  });
  try {
    const { result, outbound, inbound } = await handshake({ pipe, reader, wingId, aead, random, abilities });
    reader.throwIfFailed();
    const channel = new RecordChannel({
      ...result,
      pipe,
      outbound: new RecordCipher(outbound, rekeyLimits),
      inbound: new RecordCipher(inbound, rekeyLimits),
    });
    reader.handOver({
      onMessage: (record) => channel.receive(record),
      onClose: (reason) => channel.pipeEnded(reason),
    });
    return channel;
  } catch (cause) {
    reader.stop();
    const error = asHandshakeError(cause);
    pipe.close(`the handshake failed: ${error.name}`);
    throw error;
  }
}

function asHandshakeError(cause: unknown): Error {
  const named = [HandshakeFailedError, WrongWingKeyError, InvalidKeyLengthError].some((kind) => cause instanceof kind);
  if (named && cause instanceof Error) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new HandshakeFailedError("closed", `the handshake could not go on: ${text}`, { cause });
}
