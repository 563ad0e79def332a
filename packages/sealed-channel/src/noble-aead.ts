import { gcm } from "@noble/ciphers/aes.js";
import type { Aead } from "./aead.ts";

/** AES-256-GCM in JavaScript: runs everywhere and at once, too slow for bulk. */
export function nobleAead(key: Uint8Array): Aead {
  const own = key.slice();
  return {
    seal: (nonce, ad, plaintext) => gcm(own, nonce, ad).encrypt(plaintext),
    open: (nonce, ad, ciphertext) => gcm(own, nonce, ad).decrypt(ciphertext),
  };
}
