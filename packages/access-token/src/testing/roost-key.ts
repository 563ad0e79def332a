import { type CryptoKey, exportJWK, generateKeyPair } from "jose";
import type { SigningKey } from "../issue.ts";
import { type PublishedKeys, parsePublishedKeys } from "../published-keys.ts";

/** A key as a roost has it, and the set that it publishes. */
export interface RoostKey {
  readonly signing: SigningKey;
  readonly published: PublishedKeys;
  readonly publicKey: CryptoKey;
}

/** Makes a fresh ES256 key. */
export async function newRoostKey(kid: string): Promise<RoostKey> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  return { signing: { kid, privateKey }, published: parsePublishedKeys({ keys: [jwk] }), publicKey };
}
