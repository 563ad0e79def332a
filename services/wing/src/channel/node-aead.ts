import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { AEAD_TAG_BYTES, type Aead } from "@wingthing/sealed-channel/aead";

const ALGORITHM = "aes-256-gcm";
const OPTIONS = { authTagLength: AEAD_TAG_BYTES } as const;

/** The bytes are not what was sealed under this key, nonce and data. */
export class OpenFailedError extends Error {
  override readonly name = "OpenFailedError";
  constructor(options?: ErrorOptions) {
    super("the ciphertext is not authentic under this key", options);
  }
}

/** AES-256-GCM by node:crypto, synchronous: 4 µs for a keystroke, 41 µs for 64 KiB. */
export function nodeAead(key: Uint8Array): Aead {
  const secret = createSecretKey(key);
  return {
    seal(nonce, ad, plaintext) {
      const cipher = createCipheriv(ALGORITHM, secret, nonce, OPTIONS).setAAD(ad);
      const body = cipher.update(plaintext);
      cipher.final();
      return joined(body, cipher.getAuthTag());
    },
    open(nonce, ad, ciphertext) {
      const split = ciphertext.length - AEAD_TAG_BYTES;
      if (split < 0) throw new OpenFailedError();
      const decipher = createDecipheriv(ALGORITHM, secret, nonce, OPTIONS).setAAD(ad);
      decipher.setAuthTag(ciphertext.subarray(split));
      const plaintext = decipher.update(ciphertext.subarray(0, split));
      try {
        decipher.final();
      } catch (cause) {
        plaintext.fill(0);
        throw new OpenFailedError({ cause });
      }
      return plaintext;
    },
  };
}

function joined(body: Buffer, tag: Buffer): Uint8Array {
  const sealed = new Uint8Array(body.length + tag.length);
  sealed.set(body);
  sealed.set(tag, body.length);
  return sealed;
}
