import type { KeyObject } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ALGORITHM } from "@wingthing/access-token/claims";
import type { SigningKey } from "@wingthing/access-token/issue";
import { type PublishedKey, type PublishedKeys, parsePublishedKeys } from "@wingthing/access-token/published-keys";
import type { Log } from "@wingthing/service-runtime/log";
import { calculateJwkThumbprint, exportJWK, importPKCS8 } from "jose";
import { createPrivateFile, readPrivateFile } from "../files/private-files.ts";
import { newSigningKeyText, parseSigningKey, publicHalf, SigningKeyError } from "./signing-key-text.ts";

/** The key that signs. */
const SIGNING_FILE = "jwt-key.pem";
/** Keys beside it are published and sign nothing: retired ones, whose tokens still live, and ones to come. */
const OTHER_FILES = /^jwt-key\.[\w-]{1,64}\.pem$/;
/** As many as a verifier reads, less the signing one. */
const MAX_OTHER_KEYS = 15;

/** Keys of a roost. */
export interface RoostKeys {
  readonly signing: SigningKey;
  /** What /.well-known/jwks.json says. */
  readonly published: PublishedKeys;
}

/** Where the keys come from. */
export interface RoostKeysOptions {
  /** Private folder of the roost. */
  readonly dataDir: string;
  /** WT_JWT_KEY: signs in place of the file's. */
  readonly signingKey?: string | undefined;
  readonly log: Log;
}

/** Reads the keys, and makes the signing one on the first start. Throws SigningKeyError. */
export async function loadRoostKeys({ dataDir, signingKey, log }: RoostKeysOptions): Promise<RoostKeys> {
  const key =
    signingKey === undefined
      ? await loadOrMake(join(dataDir, SIGNING_FILE), log)
      : parseSigningKey(signingKey, "WT_JWT_KEY");
  const others = await loadOthers(dataDir);
  const keys = await Promise.all([key, ...others].map(publish));
  const published = parsePublishedKeys({ keys: [...new Map(keys.map((key) => [key.kid, key])).values()] });
  const kid = published.keys[0]?.kid ?? "";
  const privateKey = await importPKCS8(key.export({ type: "pkcs8", format: "pem" }).toString(), ALGORITHM);
  return { signing: { kid, privateKey }, published };
}

async function loadOrMake(path: string, log: Log): Promise<KeyObject> {
  const kept = await readPrivateFile(path);
  if (kept !== undefined) return parseSigningKey(kept, path);
  const made = newSigningKeyText();
  if (await createPrivateFile(path, made)) {
    log.info("signing key made");
    return parseSigningKey(made, path);
  }
  // Another process that started at the same time was first.
  return parseSigningKey((await readPrivateFile(path)) ?? "", path);
}

async function loadOthers(dataDir: string): Promise<readonly KeyObject[]> {
  const names = (await readdir(dataDir)).filter((name) => OTHER_FILES.test(name)).sort();
  if (names.length > MAX_OTHER_KEYS) {
    throw new SigningKeyError(`One of ${names.length} files jwt-key.*.pem (at most ${MAX_OTHER_KEYS})`);
  }
  const texts = names.map(async (name) => {
    const path = join(dataDir, name);
    return parseSigningKey((await readPrivateFile(path)) ?? "", path);
  });
  return Promise.all(texts);
}

/** The public half, named by its thumbprint (RFC 7638). */
async function publish(key: KeyObject): Promise<PublishedKey> {
  const jwk = await exportJWK(publicHalf(key));
  const kid = await calculateJwkThumbprint(jwk);
  const { keys } = parsePublishedKeys({ keys: [{ ...jwk, kid, alg: ALGORITHM, use: "sig" }] });
  const [published] = keys;
  if (!published) throw new SigningKeyError("The key");
  return published;
}
