import type { RandomSource } from "@wingthing/contracts/ids";

/** An X25519 key pair; both keys have 32 bytes. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** Makes a key pair; throws when the random source gives fewer bytes than asked. */
export function generateKeyPair(_random?: RandomSource): KeyPair {
  throw new Error("not built yet");
}

/** The public key of a secret key of 32 bytes. */
export function publicKeyOf(_secretKey: Uint8Array): Uint8Array {
  throw new Error("not built yet");
}

/** SHA-256 of a public key. */
export function fingerprint(_publicKey: Uint8Array): Uint8Array {
  throw new Error("not built yet");
}

/** The first 64 bits of the fingerprint as eight words, one a byte, joined by "-"; the first three serve as a short name. */
export function fingerprintWords(_publicKey: Uint8Array): string {
  throw new Error("not built yet");
}
