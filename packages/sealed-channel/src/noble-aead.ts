import type { Aead } from "./aead.ts";

/** AES-256-GCM in JavaScript: runs everywhere, synchronous, slow for bulk. */
export function nobleAead(_key: Uint8Array): Aead {
  throw new Error("not built yet");
}
