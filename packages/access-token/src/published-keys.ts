import { importJWK } from "jose";
import { z } from "zod";
import { ALGORITHM } from "./claims.ts";
import type { TokenVerifierKeys } from "./verify.ts";

/** Keys read from one set: the signing one, a retired one, a coming one, and room. */
const MAX_KEYS = 16;

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "wanted base64url of 32 bytes");

/** A public P-256 key; members that are not named here, a private one above all, are dropped. */
const publishedKeySchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  alg: z.literal(ALGORITHM),
  use: z.literal("sig"),
  kid: z.string().min(1).max(128),
  x: coordinate,
  y: coordinate,
});

const keySetSchema = z.object({ keys: z.array(publishedKeySchema).max(MAX_KEYS) });

/** A public key as /.well-known/jwks.json publishes it. */
export type PublishedKey = Readonly<z.output<typeof publishedKeySchema>>;

/** The set of public keys that a roost publishes (RFC 7517). */
export interface PublishedKeys {
  readonly keys: readonly PublishedKey[];
}

/** Reads a key set; throws ZodError when it is anything but a set of ES256 signature keys. */
export function parsePublishedKeys(value: unknown): PublishedKeys {
  return keySetSchema.parse(value);
}

/** Keys that are at hand. */
export function keysFromJwks(published: PublishedKeys): TokenVerifierKeys {
  const byKid = new Map(published.keys.map((key) => [key.kid, key]));
  const imported = new Map<string, Promise<CryptoKey>>();
  return {
    async keyFor(kid) {
      const key = byKid.get(kid);
      if (!key) return undefined;
      const ready = imported.get(kid) ?? importPublicKey(key);
      imported.set(kid, ready);
      return ready;
    },
  };
}

async function importPublicKey(key: PublishedKey): Promise<CryptoKey> {
  const imported = await importJWK({ ...key }, ALGORITHM);
  if (imported instanceof Uint8Array) throw new TypeError("An EC key was imported as a symmetric one.");
  return imported;
}
