import type { Aead } from "./aead.ts";

/** AES-256-GCM of the platform's WebCrypto; keys are not extractable. */
export function webCryptoAead(_key: Uint8Array): Promise<Aead> {
  throw new Error("not built yet");
}
