import { expect, test } from "vitest";
import { FINGERPRINT_WORDS } from "./fingerprint-words.ts";
import { fingerprint, fingerprintWords, generateKeyPair, InvalidKeyLengthError, publicKeyOf } from "./key-pair.ts";
import { fixedRandom } from "./testing/fixed-random.ts";
import { toHex } from "./testing/public-vectors.ts";

test("the word list has 256 different words of three to eight letters, in order", () => {
  expect(new Set(FINGERPRINT_WORDS).size).toBe(256);
  expect(FINGERPRINT_WORDS.filter((word) => !/^[a-z]{3,8}$/.test(word))).toEqual([]);
  expect([...FINGERPRINT_WORDS].sort()).toEqual(FINGERPRINT_WORDS);
});

test("a fingerprint is eight words, each a byte of the key's SHA-256", () => {
  const { publicKey } = generateKeyPair(fixedRandom("words"));
  const words = fingerprintWords(publicKey).split("-");
  expect(words.map((word) => FINGERPRINT_WORDS.indexOf(word))).toEqual([...fingerprint(publicKey).subarray(0, 8)]);
});

test("a known key keeps its words for ever", () => {
  const publicKey = new Uint8Array(32).fill(9);
  expect(toHex(fingerprint(publicKey))).toMatchInlineSnapshot(
    `"8c0cc17a04942cc4f8e0fe0b302606d3108860c126428ba2ceeb5f9ed41c2b05"`,
  );
  expect(fingerprintWords(publicKey)).toMatchInlineSnapshot(`"lemon-attic-pigeon-island-anchor-lotus-candle-plum"`);
});

test("two key pairs differ, and the public key follows from the secret one", () => {
  const first = generateKeyPair();
  expect(toHex(first.publicKey)).not.toBe(toHex(generateKeyPair().publicKey));
  expect(publicKeyOf(first.secretKey)).toEqual(first.publicKey);
});

test.each([0, 31, 33])("%i bytes are no key", (length) => {
  expect(() => publicKeyOf(new Uint8Array(length))).toThrow(InvalidKeyLengthError);
  expect(() => fingerprint(new Uint8Array(length))).toThrow(InvalidKeyLengthError);
});
