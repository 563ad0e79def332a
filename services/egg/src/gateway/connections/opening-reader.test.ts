import { expect, test } from "vitest";
import { makeClientHello } from "../testing/client-hello-bytes.ts";
import { socketPair } from "../testing/socket-pair.ts";
import { MAX_CLIENT_HELLO_BYTES } from "./client-hello.ts";
import { waitForOpening } from "./opening-reader.ts";

const LONG_MS = 10_000;

test("the bytes that were looked at are still there to be read", async () => {
  await using pair = await socketPair();
  const hello = makeClientHello([{ type: 99, data: Buffer.alloc(3_000) }]);
  const waiting = waitForOpening(pair.accepted, LONG_MS);
  pair.connected.write(hello.subarray(0, 10));
  pair.connected.write(hello.subarray(10));
  expect(await waiting).toEqual({ kind: "client-hello", serverName: undefined });
  pair.connected.end("and more");
  expect(Buffer.concat(await pair.accepted.toArray())).toEqual(Buffer.concat([hello, Buffer.from("and more")]));
});

test("what is no TLS is told by its first byte", async () => {
  await using pair = await socketPair();
  pair.connected.write("S");
  expect(await waitForOpening(pair.accepted, LONG_MS)).toEqual({ kind: "not-tls" });
  pair.connected.end("SH-2.0");
  expect(Buffer.concat(await pair.accepted.toArray()).toString()).toBe("SSH-2.0");
});

test("a client that ends without a word is silent", async () => {
  await using pair = await socketPair();
  pair.connected.end();
  expect(await waitForOpening(pair.accepted, LONG_MS)).toEqual({ kind: "silent" });
});

test("a client that resets is silent", async () => {
  await using pair = await socketPair();
  const waiting = waitForOpening(pair.accepted, LONG_MS);
  pair.connected.resetAndDestroy();
  expect(await waiting).toEqual({ kind: "silent" });
  expect(await waitForOpening(pair.accepted, LONG_MS)).toEqual({ kind: "silent" });
});

test("a client that says nothing in time is silent", async () => {
  await using pair = await socketPair();
  expect(await waitForOpening(pair.accepted, 1)).toEqual({ kind: "silent" });
});

test("a first message without an end is not read for ever", async () => {
  await using pair = await socketPair();
  const header = Buffer.from([22, 3, 1, 0, 1, 0]);
  // One byte a record: as much framing as there can be.
  for (let index = 0; index < MAX_CLIENT_HELLO_BYTES; index += 1)
    pair.connected.write(index === 0 ? Buffer.from([22, 3, 1, 0, 1, 1]) : header);
  expect(await waitForOpening(pair.accepted, LONG_MS)).toMatchObject({ kind: "malformed" });
});
