import { describe, expect, test } from "vitest";
import type { AeadFactory } from "../aead.ts";
import { nobleAead } from "../noble-aead.ts";
import { nodeAead } from "../testing/node-aead.ts";
import { hasPublicVectors, hex, readPublicVectors, toHex } from "../testing/public-vectors.ts";
import { webCryptoAead } from "../webcrypto-aead.ts";
import {
  dhPublicKey,
  dhSharedSecret,
  hkdfSha256,
  KEM_KEY_SEED_BYTES,
  kemDecapsulate,
  kemKeyPair,
} from "./primitives.ts";

interface Case {
  readonly tcId: number;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
}

type X25519Case = Case & { readonly public: string; readonly private: string; readonly shared: string };
type AeadCase = Case & { readonly [field in "key" | "iv" | "aad" | "msg" | "ct" | "tag"]: string };
type HkdfCase = Case & { readonly [field in "ikm" | "salt" | "info" | "okm"]: string } & { readonly size: number };
type KemCase = Case & { readonly seed: string; readonly ek?: string; readonly c: string; readonly K: string };

const X25519 = "wycheproof_x25519_test.json";
const AES_GCM = "wycheproof_aes_gcm_test.json";
const HKDF = "wycheproof_hkdf_sha256_test.json";
const ML_KEM = "wycheproof_mlkem_768_test.json";

function cases<T extends Case>(file: string, wanted: (group: Record<string, unknown>) => boolean = () => true): T[] {
  const suite = readPublicVectors<{ testGroups: (Record<string, unknown> & { tests: T[] })[] }>(file);
  const found = suite.testGroups.filter(wanted).flatMap((group) => group.tests);
  expect(found.length).toBeGreaterThan(50);
  return found;
}

function outcome(run: () => Uint8Array): string {
  try {
    return toHex(run());
  } catch {
    return "rejected";
  }
}

describe.skipIf(!hasPublicVectors(X25519))("X25519, as we call it", () => {
  test("gives Wycheproof's secrets, and rejects every key whose secret would be zero", () => {
    for (const vector of cases<X25519Case>(X25519)) {
      const wanted = vector.flags.includes("ZeroSharedSecret") ? "rejected" : vector.shared;
      const found = outcome(() => dhSharedSecret(hex(vector.private), hex(vector.public)));
      expect(found, `test ${vector.tcId}`).toBe(wanted);
    }
  });

  test("derives the public key by the same multiplication", () => {
    const basePoint = new Uint8Array(32);
    basePoint[0] = 9;
    for (const vector of cases<X25519Case>(X25519).slice(0, 20)) {
      expect(dhPublicKey(hex(vector.private))).toEqual(dhSharedSecret(hex(vector.private), basePoint));
    }
  });
});

describe.skipIf(!hasPublicVectors(AES_GCM))("AES-256-GCM, as we call it", () => {
  const ciphers: readonly (readonly [string, AeadFactory])[] = [
    ["noble", nobleAead],
    ["WebCrypto", webCryptoAead],
    ["Node", nodeAead],
  ];
  test.each(ciphers)("seals and opens Wycheproof's vectors with 96-bit nonces: %s", async (_name, factory) => {
    const vectors = cases<AeadCase>(AES_GCM, (group) => group["keySize"] === 256 && group["ivSize"] === 96);
    for (const vector of vectors) {
      const aead = await factory(hex(vector.key));
      const record = hex(vector.ct + vector.tag);
      const opened = await Promise.resolve()
        .then(() => aead.open(hex(vector.iv), hex(vector.aad), record))
        .then(toHex, () => "rejected");
      expect(opened, `test ${vector.tcId}`).toBe(vector.result === "valid" ? vector.msg : "rejected");
      if (vector.result !== "valid") continue;
      expect(toHex(await aead.seal(hex(vector.iv), hex(vector.aad), hex(vector.msg)))).toBe(toHex(record));
    }
  });
});

describe.skipIf(!hasPublicVectors(HKDF))("HKDF-SHA256, as we call it", () => {
  test("gives Wycheproof's keys", () => {
    for (const { tcId, ikm, salt, info, size, okm, result } of cases<HkdfCase>(HKDF)) {
      const found = outcome(() => hkdfSha256(hex(ikm), hex(salt), hex(info), size));
      expect(found, `test ${tcId}`).toBe(result === "valid" ? okm : "rejected");
    }
  });
});

describe.skipIf(!hasPublicVectors(ML_KEM))("ML-KEM-768, as we call it", () => {
  test("gives Wycheproof's keys and secrets, forged ciphertexts included, and rejects wrong lengths", () => {
    for (const { tcId, seed, ek, c, K, result } of cases<KemCase>(ML_KEM)) {
      const found = outcome(() => {
        const { publicKey, secretKey } = kemKeyPair(hex(seed));
        if (seed.length === 2 * KEM_KEY_SEED_BYTES) expect(toHex(publicKey)).toBe(ek);
        return kemDecapsulate(hex(c), secretKey);
      });
      expect(found, `test ${tcId}`).toBe(result === "valid" ? K : "rejected");
    }
  });
});
