import { nobleAead } from "@wingthing/sealed-channel/noble-aead";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeAead, OpenFailedError } from "./node-aead.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const sealed = fc.record({
  key: bytes(32),
  nonce: bytes(12),
  ad: fc.uint8Array({ maxLength: 64 }),
  plaintext: fc.uint8Array({ maxLength: 2_048 }),
});

test("what node seals noble opens, and the other way round", async () => {
  await fc.assert(
    fc.asyncProperty(sealed, async ({ key, nonce, ad, plaintext }) => {
      const node = nodeAead(key);
      const noble = await nobleAead(key);
      const fromNode = await node.seal(nonce, ad, plaintext);
      expect(fromNode).toEqual(await noble.seal(nonce, ad, plaintext));
      expect(new Uint8Array(await node.open(nonce, ad, fromNode))).toEqual(plaintext);
    }),
    { numRuns: 50 },
  );
});

test("the empty case of the GCM specification (test case 13) gives its published tag", async () => {
  const tag = await nodeAead(new Uint8Array(32)).seal(new Uint8Array(12), new Uint8Array(), new Uint8Array());
  expect(Buffer.from(tag).toString("hex")).toBe("530f8afbc74536b9a963b4f1c4cb738b");
});

test("a ciphertext with any byte changed, cut or added is refused", async () => {
  const aead = nodeAead(new Uint8Array(32).fill(7));
  const [nonce, ad] = [new Uint8Array(12), new Uint8Array([1])];
  const good = await aead.seal(nonce, ad, new Uint8Array([1, 2, 3]));
  for (let at = 0; at < good.length; at++) {
    const changed = good.map((byte, index) => (index === at ? byte ^ 1 : byte));
    expect(() => aead.open(nonce, ad, changed)).toThrow(OpenFailedError);
    expect(() => aead.open(nonce, ad, good.subarray(0, at))).toThrow(OpenFailedError);
  }
  expect(() => aead.open(nonce, ad, new Uint8Array([...good, 0]))).toThrow(OpenFailedError);
  expect(() => aead.open(nonce, new Uint8Array([2]), good)).toThrow(OpenFailedError);
  expect(() => aead.open(new Uint8Array(12).fill(1), ad, good)).toThrow(OpenFailedError);
});

test("the key may be wiped after it was bound", async () => {
  const key = new Uint8Array(32).fill(9);
  const aead = nodeAead(key);
  const before = await aead.seal(new Uint8Array(12), new Uint8Array(), new Uint8Array([1]));
  key.fill(0);
  expect(await aead.seal(new Uint8Array(12), new Uint8Array(), new Uint8Array([1]))).toEqual(before);
});
