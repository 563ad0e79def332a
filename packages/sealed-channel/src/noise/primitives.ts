import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";

/** Bytes of an X25519 key, public or secret, and of a shared secret (Noise: DHLEN). */
export const DH_BYTES = 32;
/** Bytes of a SHA-256 hash (Noise: HASHLEN). */
export const HASH_BYTES = 32;
/** Bytes of an ML-KEM-768 encapsulation key. */
export const KEM_PUBLIC_KEY_BYTES = 1184;
/** Bytes of an ML-KEM-768 ciphertext. */
export const KEM_CIPHERTEXT_BYTES = 1088;
/** Random bytes that an ML-KEM key pair is derived from (FIPS 203: d and z). */
export const KEM_KEY_SEED_BYTES = 64;
/** Random bytes that an encapsulation is derived from (FIPS 203: m). */
export const KEM_ENCAPSULATION_SEED_BYTES = 32;

/** A public key that came from the other end is not one that a shared secret can be made with. */
export class InvalidKeyError extends Error {
  override readonly name = "InvalidKeyError";
  constructor(kind: string, cause: unknown) {
    super(`the other end's ${kind} key is not valid`, { cause });
  }
}

/** SHA-256. */
export function sha256(data: Uint8Array): Uint8Array {
  return nobleSha256(data);
}

/** HKDF-SHA256 (RFC 5869). Noise's HKDF(ck, ikm, n) is this with salt ck, no info and n * 32 bytes. */
export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return hkdf(nobleSha256, ikm, salt, info, length);
}

/** The X25519 public key of a secret key. */
export function dhPublicKey(secretKey: Uint8Array): Uint8Array {
  return x25519.getPublicKey(secretKey);
}

/** The X25519 shared secret; InvalidKeyError for a key of low order, whose secret would be known to everyone. */
export function dhSharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(secretKey, publicKey);
  } catch (cause) {
    throw new InvalidKeyError("X25519", cause);
  }
}

/** An ML-KEM-768 key pair from KEM_KEY_SEED_BYTES random bytes. */
export function kemKeyPair(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
  return ml_kem768.keygen(seed);
}

/** A shared secret and its ciphertext, from KEM_ENCAPSULATION_SEED_BYTES random bytes; throws InvalidKeyError. */
export function kemEncapsulate(
  publicKey: Uint8Array,
  seed: Uint8Array,
): { ciphertext: Uint8Array; sharedSecret: Uint8Array } {
  try {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, seed);
    return { ciphertext: cipherText, sharedSecret };
  } catch (cause) {
    throw new InvalidKeyError("ML-KEM-768", cause);
  }
}

/** The shared secret of a ciphertext; a forged one yields a secret that nobody else has (implicit rejection). */
export function kemDecapsulate(ciphertext: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return ml_kem768.decapsulate(ciphertext, secretKey);
}
