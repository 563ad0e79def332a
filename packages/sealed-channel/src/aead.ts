/** Bytes of an AES-256 key. */
export const AEAD_KEY_BYTES = 32;

/** Bytes of the tag at the end of every ciphertext. */
export const AEAD_TAG_BYTES = 16;

/** AES-256-GCM under one key. Runtimes that encrypt in place return bytes, WebCrypto returns promises of them. */
export interface Aead {
  /** Ciphertext and tag. The nonce has 12 bytes and is never given twice. */
  seal(nonce: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Plaintext; throws or rejects when nonce, data, ciphertext or tag is not what was sealed. */
  open(nonce: Uint8Array, ad: Uint8Array, ciphertext: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Binds a key of 32 bytes; the cipher keeps no reference to the array, which its owner may wipe after the call. */
export type AeadFactory = (key: Uint8Array) => Aead | Promise<Aead>;
