import { createCipheriv, createDecipheriv } from "node:crypto";
import { AEAD_TAG_BYTES, type Aead } from "../aead.ts";

/** AES-256-GCM of Node: at once, as the wing has it. */
export function nodeAead(key: Uint8Array): Aead {
  const own = Uint8Array.from(key);
  return {
    seal(nonce, ad, plaintext) {
      const cipher = createCipheriv("aes-256-gcm", own, nonce);
      cipher.setAAD(ad);
      const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      return new Uint8Array(sealed.buffer, sealed.byteOffset, sealed.length);
    },
    open(nonce, ad, ciphertext) {
      const decipher = createDecipheriv("aes-256-gcm", own, nonce);
      decipher.setAAD(ad);
      decipher.setAuthTag(ciphertext.subarray(ciphertext.length - AEAD_TAG_BYTES));
      const opened = decipher.update(ciphertext.subarray(0, ciphertext.length - AEAD_TAG_BYTES));
      decipher.final();
      return new Uint8Array(opened.buffer, opened.byteOffset, opened.length);
    },
  };
}
