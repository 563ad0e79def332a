import type { Aead } from "./aead.ts";
import { type HostAesGcm, parseHost, UnsupportedHostError } from "./host.ts";

/**
 * AES-256-GCM of the platform's WebCrypto; keys are not extractable. Rejects with UnsupportedHostError where there
 * is no WebCrypto, which in a browser means a page that is neither https nor localhost.
 */
export async function webCryptoAead(key: Uint8Array): Promise<Aead> {
  const subtle = parseHost(globalThis).crypto?.subtle;
  if (subtle === undefined) {
    throw new UnsupportedHostError("this page has no WebCrypto: open it over https or on localhost");
  }
  const held = await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
  return {
    seal: async (nonce, ad, plaintext) => new Uint8Array(await subtle.encrypt(parameters(nonce, ad), held, plaintext)),
    open: async (nonce, ad, ciphertext) =>
      new Uint8Array(await subtle.decrypt(parameters(nonce, ad), held, ciphertext)),
  };
}

function parameters(nonce: Uint8Array, ad: Uint8Array): HostAesGcm {
  return { name: "AES-GCM", iv: nonce, additionalData: ad, tagLength: 128 };
}
