import { expect, test } from "vitest";
import { nodeAead } from "../testing/node-aead.ts";
import { SymmetricState } from "./symmetric-state.ts";

test("a name of up to 32 bytes is its own hash, a longer one is hashed", () => {
  const short = new SymmetricState("x".repeat(32), nodeAead);
  expect(Buffer.from(short.hash).toString()).toBe("x".repeat(32));
  const shorter = new SymmetricState("x".repeat(31), nodeAead);
  expect(Buffer.from(shorter.hash).toString()).toBe(`${"x".repeat(31)}\0`);
  const long = new SymmetricState("x".repeat(33), nodeAead);
  expect(long.hash).toHaveLength(32);
  expect(Buffer.from(long.hash).includes("xxx")).toBe(false);
});

test("a secret is wiped once it was mixed in", () => {
  const state = new SymmetricState("a protocol", nodeAead);
  const secret = new Uint8Array(32).fill(7);
  state.mixKey(secret);
  expect(secret).toEqual(new Uint8Array(32));
});

test("before the first key nothing is encrypted, and from then on everything is", async () => {
  const state = new SymmetricState("a protocol", nodeAead);
  expect(await state.encryptAndHash(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
  state.mixKey(new Uint8Array(32));
  expect(await state.encryptAndHash(Uint8Array.of(1))).toHaveLength(17);
});
