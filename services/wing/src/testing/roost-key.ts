import { type PublishedKeys, parsePublishedKeys } from "@wingthing/access-token/published-keys";
import { type CryptoKey, exportJWK, generateKeyPair } from "jose";

/** The signing key of a roost, and what the roost publishes of it. */
export interface RoostKey {
  readonly signing: { readonly kid: string; readonly privateKey: CryptoKey };
  readonly published: PublishedKeys;
}

/** Makes a key that no other roost has. */
export async function makeRoostKey(): Promise<RoostKey> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const kid = crypto.randomUUID();
  const key = { ...(await exportJWK(publicKey)), alg: "ES256", use: "sig", kid };
  return { signing: { kid, privateKey }, published: parsePublishedKeys({ keys: [key] }) };
}
