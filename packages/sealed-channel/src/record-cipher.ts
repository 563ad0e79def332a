import { AEAD_TAG_BYTES } from "./aead.ts";
import type { CipherState } from "./noise/cipher-state.ts";

/** One Noise transport message; the specification's limit, and one relay payload. */
export const MAX_RECORD_BYTES = 65_535;
/** The longest plaintext of one record. */
export const MAX_PLAINTEXT_BYTES = MAX_RECORD_BYTES - AEAD_TAG_BYTES;

/** When a direction changes its key: far below what AES-GCM bears, and often enough to be exercised. */
export interface RekeyLimits {
  readonly records: number;
  /** Bytes of whole records. */
  readonly bytes: number;
}

/** 2^20 records or 1 GiB, whichever comes first. */
export const REKEY_LIMITS: RekeyLimits = { records: 2 ** 20, bytes: 2 ** 30 };

const NO_DATA = new Uint8Array(0);

/**
 * One direction of a channel. Both ends count records and their bytes alike, so both change the key before the same
 * record; nothing is said about it on the wire.
 */
export class RecordCipher {
  readonly #cipher: CipherState;
  readonly #limits: RekeyLimits;
  #records = 0;
  #bytes = 0;

  constructor(cipher: CipherState, limits: RekeyLimits = REKEY_LIMITS) {
    this.#cipher = cipher;
    this.#limits = limits;
  }

  seal(plaintext: Uint8Array): Uint8Array | Promise<Uint8Array> {
    this.#count(plaintext.length + AEAD_TAG_BYTES);
    return this.#cipher.seal(NO_DATA, plaintext);
  }

  /** Throws or rejects when the record is not the next one that the other end sealed. */
  open(record: Uint8Array): Uint8Array | Promise<Uint8Array> {
    this.#count(record.length);
    return this.#cipher.open(NO_DATA, record);
  }

  #count(recordBytes: number): void {
    if (this.#records >= this.#limits.records || this.#bytes >= this.#limits.bytes) {
      this.#cipher.rekey();
      this.#records = 0;
      this.#bytes = 0;
    }
    this.#records += 1;
    this.#bytes += recordBytes;
  }
}
