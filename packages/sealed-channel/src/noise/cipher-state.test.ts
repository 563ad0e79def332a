import { expect, test } from "vitest";
import type { Aead, AeadFactory } from "../aead.ts";
import { nodeAead } from "../testing/node-aead.ts";
import { toHex } from "../testing/public-vectors.ts";
import { webCryptoAead } from "../webcrypto-aead.ts";
import { CipherState, MAX_COUNTER, NonceExhaustedError } from "./cipher-state.ts";

const KEY = new Uint8Array(32).fill(1);
const NO_DATA = new Uint8Array(0);

/** Notes the nonces that a cipher is given. */
function noting(nonces: string[]): AeadFactory {
  const note: Aead["seal"] = (nonce) => {
    nonces.push(toHex(nonce));
    return new Uint8Array(16);
  };
  return () => ({ seal: note, open: note });
}

test.each([
  [0, "000000000000000000000000"],
  [1, "000000000000000000000001"],
  [2 ** 32 - 1, "0000000000000000ffffffff"],
  [2 ** 32, "000000000000000100000000"],
  [2 ** 40 + 5, "000000000000010000000005"],
])("message %i has the nonce %s", (counter, nonce) => {
  const nonces: string[] = [];
  const cipher = new CipherState(KEY, noting(nonces), counter);
  cipher.seal(NO_DATA, NO_DATA);
  cipher.open(NO_DATA, NO_DATA);
  expect(nonces[0]).toBe(nonce);
  expect(nonces[1]).not.toBe(nonce);
});

test("a counter that is used up ends the key, before a number comes twice", () => {
  const nonces: string[] = [];
  const cipher = new CipherState(KEY, noting(nonces), MAX_COUNTER - 1);
  cipher.seal(NO_DATA, NO_DATA);
  expect(() => cipher.seal(NO_DATA, NO_DATA)).toThrow(NonceExhaustedError);
  expect(() => cipher.open(NO_DATA, NO_DATA)).toThrow(NonceExhaustedError);
  expect(nonces).toEqual(["00000000001ffffffffffffe"]);
});

test("overlapping calls around a change of the key give what calls one by one give", async () => {
  const messages = Array.from({ length: 6 }, (_, index) => new Uint8Array(index).fill(index));
  const sealAll = (factory: AeadFactory) => {
    const cipher = new CipherState(KEY, factory);
    return messages.map((message, index) => {
      if (index % 2 === 0) cipher.rekey();
      return cipher.seal(NO_DATA, message);
    });
  };
  const overlapping = await Promise.all(sealAll(webCryptoAead));
  expect(overlapping.map(toHex)).toEqual((await Promise.all(sealAll(nodeAead))).map(toHex));
});
