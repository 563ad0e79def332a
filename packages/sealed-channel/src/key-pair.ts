import { randomBytes } from "@noble/hashes/utils.js";
import type { RandomSource } from "@wingthing/contracts/ids";
import { FINGERPRINT_WORDS } from "./fingerprint-words.ts";
import { DH_BYTES, dhPublicKey, sha256 } from "./noise/primitives.ts";

/** Words of a fingerprint: 64 bits, which nobody finds a second key for in the time that a person compares them. */
const WORDS_SHOWN = 8;

/** An X25519 key pair; both keys have 32 bytes. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** The bytes are not an X25519 key. */
export class InvalidKeyLengthError extends Error {
  override readonly name = "InvalidKeyLengthError";
  constructor(found: number) {
    super(`the key has ${found} bytes, an X25519 key has ${DH_BYTES}`);
  }
}

/** Randomness of the platform; throws when it has none. */
export const hostRandom: RandomSource = (bytes) => {
  bytes.set(randomBytes(bytes.length));
  return bytes;
};

/** Makes a key pair. */
export function generateKeyPair(random: RandomSource = hostRandom): KeyPair {
  const secretKey = random(new Uint8Array(DH_BYTES));
  return { publicKey: publicKeyOf(secretKey), secretKey };
}

/** The public key of a secret key of 32 bytes; throws InvalidKeyLengthError. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  if (secretKey.length !== DH_BYTES) throw new InvalidKeyLengthError(secretKey.length);
  return dhPublicKey(secretKey);
}

/** SHA-256 of a public key of 32 bytes; throws InvalidKeyLengthError. */
export function fingerprint(publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== DH_BYTES) throw new InvalidKeyLengthError(publicKey.length);
  return sha256(publicKey);
}

/** The first 64 bits of a fingerprint as eight words, one a byte, joined by "-"; the first three serve as a short name. */
export function wordsOfFingerprint(sha256: Uint8Array): string {
  return Array.from(sha256.subarray(0, WORDS_SHOWN), (byte) => FINGERPRINT_WORDS[byte]).join("-");
}

/** The words of a public key's fingerprint. */
export function fingerprintWords(publicKey: Uint8Array): string {
  return wordsOfFingerprint(fingerprint(publicKey));
}
