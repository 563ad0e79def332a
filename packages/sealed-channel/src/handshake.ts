import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import {
  type InitiatorHello,
  InitiatorHelloSchema,
  type ResponderHello,
  ResponderHelloSchema,
} from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import type { RandomSource } from "@wingthing/contracts/ids";
import type { AeadFactory } from "./aead.ts";
import { HandshakeFailedError, WrongWingKeyError } from "./channel-errors.ts";
import type { KeyPair } from "./key-pair.ts";
import type { MessagePipe } from "./message-pipe.ts";
import { NOISE_NK_HFS } from "./noise/handshake-protocol.ts";
import { HandshakeState, ShortHandshakeMessageError } from "./noise/handshake-state.ts";
import { DH_BYTES, InvalidKeyError, sha256 } from "./noise/primitives.ts";
import type { TransportCiphers } from "./noise/symmetric-state.ts";
import type { PipeReader } from "./pipe-reader.ts";

/** The one version of the tunnel there is; a hello says the highest that its sender speaks. */
export const TUNNEL_VERSION = 1;
/** Part of the prologue: changes whenever the handshake does. */
const PROLOGUE_LABEL = "wingthing channel 1";
/** A handshake message has 1.3 KB and its hello; this leaves room for every ability that a hello may name. */
export const MAX_HANDSHAKE_BYTES = 8 * 1024;
/** Abilities that a hello may name. */
export const MAX_ABILITIES = 32;
/** Characters of an ability's name. */
export const MAX_ABILITY_LENGTH = 64;

/** What both ends of a handshake have at hand. */
export interface HandshakeContext {
  readonly pipe: MessagePipe;
  readonly reader: PipeReader;
  readonly wingId: string;
  readonly aead: AeadFactory;
  readonly random: RandomSource;
  readonly abilities: readonly string[];
}

/** What a finished handshake yields. */
export interface HandshakeResult {
  readonly ciphers: TransportCiphers;
  readonly handshakeHash: Uint8Array;
  readonly channelBinding: Uint8Array;
  readonly peerAbilities: readonly string[];
}

/** The initiator's half; rejects with WrongWingKeyError or HandshakeFailedError. */
export async function initiate(context: HandshakeContext, wingPublicKey: Uint8Array): Promise<HandshakeResult> {
  const { pipe, reader, wingId, aead, random, abilities } = context;
  const responderStatic = { publicKey: wingPublicKey };
  const state = new HandshakeState("initiator", {
    protocol: NOISE_NK_HFS,
    prologue: prologueFor(wingId),
    aead,
    random,
    responderStatic,
  });
  const hello = create(InitiatorHelloSchema, { version: TUNNEL_VERSION, abilities: [...abilities] });
  const opening = await state.writeMessage(toBinary(InitiatorHelloSchema, hello));
  reader.throwIfFailed();
  pipe.send(opening);
  const answer = await reader.next();
  if (answer.length === DH_BYTES) throw refusedBy(answer, wingPublicKey);
  const payload = await readOrFail(
    state,
    answer,
    (cause) => new WrongWingKeyError(wingPublicKey, undefined, { cause }),
  );
  const peer = parseHello(payload, (bytes) => fromBinary(ResponderHelloSchema, bytes));
  if (peer.version !== TUNNEL_VERSION) throw wrongVersion(peer.version);
  return resultOf(state, peer);
}

/** The responder's half; rejects with HandshakeFailedError. */
export async function respond(context: HandshakeContext, keyPair: KeyPair): Promise<HandshakeResult> {
  const { pipe, reader, wingId, aead, random, abilities } = context;
  const state = new HandshakeState("responder", {
    protocol: NOISE_NK_HFS,
    prologue: prologueFor(wingId),
    aead,
    random,
    responderStatic: keyPair,
  });
  const opening = await reader.next();
  const payload = await readOrFail(state, opening, (cause) => {
    claimKey(pipe, keyPair.publicKey);
    const message = "the first message was altered, or made for another wing, key or version: nothing to do here";
    return new HandshakeFailedError("unauthentic", message, { cause });
  });
  const peer = parseHello(payload, (bytes) => fromBinary(InitiatorHelloSchema, bytes));
  if (peer.version < TUNNEL_VERSION) throw wrongVersion(peer.version);
  const hello = create(ResponderHelloSchema, { version: TUNNEL_VERSION, abilities: [...abilities] });
  const answer = await state.writeMessage(toBinary(ResponderHelloSchema, hello));
  reader.throwIfFailed();
  pipe.send(answer);
  return resultOf(state, peer);
}

/** The protocol, its version and the wing, each after its length, so that no two prologues are alike. */
export function prologueFor(wingId: string): Uint8Array {
  const parts = [NOISE_NK_HFS.name, PROLOGUE_LABEL, wingId].map((text) => utf8ToBytes(text));
  return concatBytes(...parts.flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 255), part]));
}

async function readOrFail(
  state: HandshakeState,
  message: Uint8Array,
  unauthentic: (cause: unknown) => Error,
): Promise<Uint8Array> {
  if (message.length > MAX_HANDSHAKE_BYTES) {
    const text = `a handshake message of ${message.length} bytes, wanted at most ${MAX_HANDSHAKE_BYTES}`;
    throw new HandshakeFailedError("malformed", text);
  }
  try {
    return await state.readMessage(message);
  } catch (cause) {
    const malformed = cause instanceof ShortHandshakeMessageError || cause instanceof InvalidKeyError;
    throw malformed ? new HandshakeFailedError("malformed", cause.message, { cause }) : unauthentic(cause);
  }
}

/**
 * Tells the initiator, in clear and unproven, which key this wing has, so that it can show both. The length alone
 * marks the message: an answer of the handshake is longer by far.
 */
function claimKey(pipe: MessagePipe, publicKey: Uint8Array): void {
  pipe.send(publicKey.slice());
}

function refusedBy(claimed: Uint8Array, wanted: Uint8Array): Error {
  const sameKey = claimed.every((byte, index) => byte === wanted[index]);
  if (!sameKey) return new WrongWingKeyError(wanted, claimed.slice());
  const text =
    "the wing has the key that was wanted, and could not read the first message: " +
    "it was altered on its way, or the wing's id or version is another";
  return new HandshakeFailedError("unauthentic", text);
}

function parseHello<T extends InitiatorHello | ResponderHello>(
  payload: Uint8Array,
  decode: (bytes: Uint8Array) => T,
): T {
  let hello: T;
  try {
    hello = decode(payload);
  } catch (cause) {
    throw new HandshakeFailedError("malformed", "the hello of the other end does not parse", { cause });
  }
  const fits =
    hello.abilities.length <= MAX_ABILITIES && hello.abilities.every((name) => name.length <= MAX_ABILITY_LENGTH);
  if (fits) return hello;
  const text = `the hello names too many abilities: wanted at most ${MAX_ABILITIES} of ${MAX_ABILITY_LENGTH} characters`;
  throw new HandshakeFailedError("malformed", text);
}

function wrongVersion(found: number): HandshakeFailedError {
  const text = `the other end speaks version ${found} of the tunnel, wanted ${TUNNEL_VERSION}: update the older of the two`;
  return new HandshakeFailedError("version", text);
}

function resultOf(state: HandshakeState, peer: InitiatorHello | ResponderHello): HandshakeResult {
  const channelBinding = sha256(state.initiatorEphemeral);
  const handshakeHash = state.hash.slice();
  return { ciphers: state.split(), handshakeHash, channelBinding, peerAbilities: peer.abilities };
}
