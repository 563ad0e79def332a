import { concatBytes } from "@noble/hashes/utils.js";
import type { AeadFactory } from "../aead.ts";
import { CipherState } from "./cipher-state.ts";
import { HASH_BYTES, hkdfSha256, sha256 } from "./primitives.ts";

const NO_INFO = new Uint8Array(0);

/** The two ciphers that a finished handshake yields. */
export interface TransportCiphers {
  readonly fromInitiator: CipherState;
  readonly fromResponder: CipherState;
}

/** Noise's SymmetricState (revision 34, section 5.2): everything said so far, and the key that follows from it. */
export class SymmetricState {
  readonly #factory: AeadFactory;
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState | undefined;

  constructor(protocolName: string, factory: AeadFactory) {
    this.#factory = factory;
    this.#hash = hashOfName(protocolName);
    this.#chainingKey = this.#hash.slice();
  }

  /** The transcript hash so far. */
  get hash(): Uint8Array {
    return this.#hash;
  }

  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concatBytes(this.#hash, data));
  }

  /** Mixes a secret into the key; the secret is wiped. */
  mixKey(secret: Uint8Array): void {
    const output = hkdfSha256(secret, this.#chainingKey, NO_INFO, 2 * HASH_BYTES);
    secret.fill(0);
    this.#chainingKey.fill(0);
    this.#chainingKey = output.slice(0, HASH_BYTES);
    this.#cipher = new CipherState(output.subarray(HASH_BYTES), this.#factory);
    output.fill(0);
  }

  async encryptAndHash(plaintext: Uint8Array): Promise<Uint8Array> {
    const ciphertext = this.#cipher === undefined ? plaintext : await this.#cipher.seal(this.#hash, plaintext);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  /** Rejects with whatever the cipher does when the ciphertext or anything said before is not what was sent. */
  async decryptAndHash(ciphertext: Uint8Array): Promise<Uint8Array> {
    const plaintext = this.#cipher === undefined ? ciphertext : await this.#cipher.open(this.#hash, ciphertext);
    this.mixHash(ciphertext);
    return plaintext;
  }

  /** Ends the handshake; the chaining key is wiped. */
  split(): TransportCiphers {
    const output = hkdfSha256(NO_INFO, this.#chainingKey, NO_INFO, 2 * HASH_BYTES);
    this.#chainingKey.fill(0);
    const fromInitiator = new CipherState(output.subarray(0, HASH_BYTES), this.#factory);
    const fromResponder = new CipherState(output.subarray(HASH_BYTES), this.#factory);
    output.fill(0);
    return { fromInitiator, fromResponder };
  }
}

function hashOfName(protocolName: string): Uint8Array {
  const name = Uint8Array.from(protocolName, (char) => char.charCodeAt(0));
  if (name.length > HASH_BYTES) return sha256(name);
  const padded = new Uint8Array(HASH_BYTES);
  padded.set(name);
  return padded;
}
