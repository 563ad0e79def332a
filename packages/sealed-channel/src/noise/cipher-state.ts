import { AEAD_KEY_BYTES, type Aead, type AeadFactory } from "../aead.ts";

/** Noise AESGCM nonces: 32 zero bits and the 64-bit counter, big-endian. */
const NONCE_BYTES = 12;
/** Counters are exact up to here; at a million records a second that is 285 years. */
export const MAX_COUNTER = Number.MAX_SAFE_INTEGER;
/** The counter that Noise reserves for REKEY: 2^64 - 1. */
const REKEY_NONCE = Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255);

const NO_DATA = new Uint8Array(0);

/** The counter of a key is used up. */
export class NonceExhaustedError extends Error {
  override readonly name = "NonceExhaustedError";
  constructor() {
    super("the key has sealed as many messages as its counter can number: open a new channel");
  }
}

/**
 * Noise's CipherState: a key and the counter of the messages under it. Counters are taken in the order of calls, so
 * that calls may overlap when the cipher is asynchronous.
 */
export class CipherState {
  readonly #factory: AeadFactory;
  #aead: Aead | Promise<Aead>;
  #counter: number;

  /** Counts from 0, as Noise does; tests begin near the limits. */
  constructor(key: Uint8Array, factory: AeadFactory, counter = 0) {
    this.#factory = factory;
    this.#counter = counter;
    this.#aead = this.#hold(factory(key));
  }

  /** EncryptWithAd. */
  seal(ad: Uint8Array, plaintext: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const nonce = this.#nextNonce();
    const aead = this.#aead;
    return isPromise(aead) ? aead.then((ready) => ready.seal(nonce, ad, plaintext)) : aead.seal(nonce, ad, plaintext);
  }

  /** DecryptWithAd; throws or rejects with whatever the cipher does. */
  open(ad: Uint8Array, ciphertext: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const nonce = this.#nextNonce();
    const aead = this.#aead;
    return isPromise(aead) ? aead.then((ready) => ready.open(nonce, ad, ciphertext)) : aead.open(nonce, ad, ciphertext);
  }

  /** REKEY: messages after this call are under the next key; the counter goes on. */
  rekey(): void {
    const aead = this.#aead;
    this.#aead = this.#hold(isPromise(aead) ? aead.then((ready) => this.#nextAead(ready)) : this.#nextAead(aead));
  }

  #nextAead(aead: Aead): Aead | Promise<Aead> {
    const sealed = aead.seal(REKEY_NONCE, NO_DATA, new Uint8Array(AEAD_KEY_BYTES));
    return isPromise(sealed) ? sealed.then((bytes) => this.#bindAndWipe(bytes)) : this.#bindAndWipe(sealed);
  }

  #bindAndWipe(sealed: Uint8Array): Aead | Promise<Aead> {
    const aead = this.#factory(sealed.subarray(0, AEAD_KEY_BYTES));
    sealed.fill(0);
    return aead;
  }

  /** A cipher that becomes ready is used directly from then on. */
  #hold(aead: Aead | Promise<Aead>): Aead | Promise<Aead> {
    if (!isPromise(aead)) return aead;
    const held: Promise<Aead> = aead.then((ready) => {
      if (this.#aead === held) this.#aead = ready;
      return ready;
    });
    // Whoever seals or opens sees the failure; without a caller it has no consequence.
    held.catch(() => {});
    return held;
  }

  #nextNonce(): Uint8Array {
    if (this.#counter >= MAX_COUNTER) throw new NonceExhaustedError();
    const nonce = new Uint8Array(NONCE_BYTES);
    const view = new DataView(nonce.buffer);
    view.setUint32(4, Math.floor(this.#counter / 2 ** 32));
    view.setUint32(8, this.#counter >>> 0);
    this.#counter += 1;
    return nonce;
  }
}

/** Whether a cipher answered later rather than at once. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}
