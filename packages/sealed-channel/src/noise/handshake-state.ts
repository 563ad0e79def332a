import { concatBytes } from "@noble/hashes/utils.js";
import type { RandomSource } from "@wingthing/contracts/ids";
import { AEAD_TAG_BYTES, type AeadFactory } from "../aead.ts";
import type { HandshakeProtocol, Token } from "./handshake-protocol.ts";
import {
  DH_BYTES,
  dhPublicKey,
  dhSharedSecret,
  KEM_CIPHERTEXT_BYTES,
  KEM_ENCAPSULATION_SEED_BYTES,
  KEM_KEY_SEED_BYTES,
  KEM_PUBLIC_KEY_BYTES,
  kemDecapsulate,
  kemEncapsulate,
  kemKeyPair,
} from "./primitives.ts";
import { SymmetricState, type TransportCiphers } from "./symmetric-state.ts";

interface SecretPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** A handshake message is shorter than its pattern demands. */
export class ShortHandshakeMessageError extends Error {
  override readonly name = "ShortHandshakeMessageError";
  constructor(found: number, wanted: number) {
    super(`the handshake message ends after ${found} bytes, wanted at least ${wanted}`);
  }
}

/** A key or token that the pattern needs is not there: the two ends were called out of turn. */
export class HandshakeOrderError extends Error {
  override readonly name = "HandshakeOrderError";
  constructor(missing: string) {
    super(`the handshake has no ${missing} yet: messages are written and read in turns, as the pattern says`);
  }
}

/** What a handshake starts from. */
export interface HandshakeStateOptions {
  readonly protocol: HandshakeProtocol;
  readonly prologue: Uint8Array;
  readonly aead: AeadFactory;
  readonly random: RandomSource;
  /** The responder's static key: all of it at the responder, the public half at the initiator. */
  readonly responderStatic: { readonly publicKey: Uint8Array; readonly secretKey?: Uint8Array };
}

/**
 * Noise's HandshakeState for patterns with a known responder key and two messages: NK, and NK with the hybrid secret
 * of the HFS extension. A state whose read or write rejected is of no further use.
 */
export class HandshakeState {
  readonly #options: HandshakeStateOptions;
  readonly #symmetric: SymmetricState;
  readonly #initiator: boolean;
  #turn = 0;
  #ephemeral: SecretPair | undefined;
  #remoteEphemeral: Uint8Array | undefined;
  #kem: SecretPair | undefined;
  #remoteKem: Uint8Array | undefined;

  constructor(role: "initiator" | "responder", options: HandshakeStateOptions) {
    this.#options = options;
    this.#initiator = role === "initiator";
    this.#symmetric = new SymmetricState(options.protocol.name, options.aead);
    this.#symmetric.mixHash(options.prologue);
    this.#symmetric.mixHash(options.responderStatic.publicKey);
  }

  /** The transcript hash so far; after the last message, the handshake hash. */
  get hash(): Uint8Array {
    return this.#symmetric.hash;
  }

  /** The initiator's ephemeral public key, once it was written or read. */
  get initiatorEphemeral(): Uint8Array {
    const key = this.#initiator ? this.#ephemeral?.publicKey : this.#remoteEphemeral;
    return present(key, "initiator's ephemeral key");
  }

  async writeMessage(payload: Uint8Array): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (const token of this.#nextTokens()) parts.push(await this.#write(token));
    parts.push(await this.#symmetric.encryptAndHash(payload));
    return concatBytes(...parts);
  }

  /** The payload; rejects with ShortHandshakeMessageError, or with what cipher and curves throw. */
  async readMessage(message: Uint8Array): Promise<Uint8Array> {
    let rest = message;
    for (const token of this.#nextTokens()) rest = rest.subarray(await this.#read(token, rest));
    return this.#symmetric.decryptAndHash(rest);
  }

  /** The ciphers of both directions; only after the last message. */
  split(): TransportCiphers {
    if (this.#turn !== this.#options.protocol.messages.length) throw new HandshakeOrderError("last message");
    this.#ephemeral?.secretKey.fill(0);
    this.#kem?.secretKey.fill(0);
    return this.#symmetric.split();
  }

  #nextTokens(): readonly Token[] {
    const tokens = this.#options.protocol.messages[this.#turn];
    this.#turn += 1;
    return present(tokens, "further message");
  }

  async #write(token: Token): Promise<Uint8Array> {
    switch (token) {
      case "e":
        return this.#writeEphemeral();
      case "e1":
        return this.#writeKemKey();
      case "ekem1":
        return this.#writeKemCiphertext();
      case "es":
      case "ee":
        this.#mixDh(token);
        return new Uint8Array(0);
    }
  }

  /** Reads what the token put at the head of the message and says how many bytes that was. */
  async #read(token: Token, message: Uint8Array): Promise<number> {
    switch (token) {
      case "e":
        return this.#readEphemeral(message);
      case "e1":
        return this.#readKemKey(message);
      case "ekem1":
        return this.#readKemCiphertext(message);
      case "es":
      case "ee":
        this.#mixDh(token);
        return 0;
    }
  }

  #writeEphemeral(): Uint8Array {
    const secretKey = this.#options.random(new Uint8Array(DH_BYTES));
    const publicKey = dhPublicKey(secretKey);
    this.#ephemeral = { secretKey, publicKey };
    this.#symmetric.mixHash(publicKey);
    return publicKey;
  }

  #readEphemeral(message: Uint8Array): number {
    this.#remoteEphemeral = head(message, DH_BYTES).slice();
    this.#symmetric.mixHash(this.#remoteEphemeral);
    return DH_BYTES;
  }

  async #writeKemKey(): Promise<Uint8Array> {
    const seed = this.#options.random(new Uint8Array(KEM_KEY_SEED_BYTES));
    this.#kem = kemKeyPair(seed);
    seed.fill(0);
    return this.#symmetric.encryptAndHash(this.#kem.publicKey);
  }

  async #readKemKey(message: Uint8Array): Promise<number> {
    const length = KEM_PUBLIC_KEY_BYTES + AEAD_TAG_BYTES;
    this.#remoteKem = await this.#symmetric.decryptAndHash(head(message, length));
    return length;
  }

  async #writeKemCiphertext(): Promise<Uint8Array> {
    const seed = this.#options.random(new Uint8Array(KEM_ENCAPSULATION_SEED_BYTES));
    const { ciphertext, sharedSecret } = kemEncapsulate(present(this.#remoteKem, "encapsulation key"), seed);
    seed.fill(0);
    const sealed = await this.#symmetric.encryptAndHash(ciphertext);
    this.#symmetric.mixKey(sharedSecret);
    return sealed;
  }

  async #readKemCiphertext(message: Uint8Array): Promise<number> {
    const length = KEM_CIPHERTEXT_BYTES + AEAD_TAG_BYTES;
    const ciphertext = await this.#symmetric.decryptAndHash(head(message, length));
    this.#symmetric.mixKey(kemDecapsulate(ciphertext, present(this.#kem, "decapsulation key").secretKey));
    return length;
  }

  #mixDh(token: "es" | "ee"): void {
    const pair = present(this.#dhPair(token), "key for a shared secret");
    this.#symmetric.mixKey(dhSharedSecret(pair.secretKey, pair.publicKey));
  }

  /** Own secret key and the other end's public key of a shared secret. */
  #dhPair(token: "es" | "ee"): SecretPair | undefined {
    const { responderStatic } = this.#options;
    const useStatic = token === "es";
    const secretKey = useStatic && !this.#initiator ? responderStatic.secretKey : this.#ephemeral?.secretKey;
    const publicKey = useStatic && this.#initiator ? responderStatic.publicKey : this.#remoteEphemeral;
    if (secretKey === undefined || publicKey === undefined) return undefined;
    return { secretKey, publicKey };
  }
}

function head(message: Uint8Array, length: number): Uint8Array {
  if (message.length < length) throw new ShortHandshakeMessageError(message.length, length);
  return message.subarray(0, length);
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new HandshakeOrderError(name);
  return value;
}
