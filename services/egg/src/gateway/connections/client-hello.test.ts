import { once } from "node:events";
import { Duplex } from "node:stream";
import { connect } from "node:tls";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { makeClientHello, toRecords } from "../testing/client-hello-bytes.ts";
import { MAX_CLIENT_HELLO_BYTES, readOpening } from "./client-hello.ts";

/** What Node's own TLS client really sends first. */
async function realClientHello(servername: string, maxVersion: "TLSv1.2" | "TLSv1.3"): Promise<Buffer> {
  const wire = new Duplex({ read: () => undefined, write: (chunk: Buffer) => void wire.emit("said", chunk) });
  const said = once(wire, "said");
  const client = connect({ socket: wire, servername, maxVersion }).on("error", () => undefined);
  const [hello] = await said;
  client.destroy();
  return hello;
}

let real: Buffer;
beforeAll(async () => {
  real = await realClientHello("api.example.com", "TLSv1.3");
});

test.each(["TLSv1.2", "TLSv1.3"] as const)("the server name of a real %s client is found", async (version) => {
  const hello = await realClientHello("api.example.com", version);
  expect(readOpening(hello)).toEqual({ kind: "client-hello", serverName: "api.example.com" });
});

test("a real client without a server name has none", async () => {
  expect(readOpening(await realClientHello("", "TLSv1.3"))).toEqual({ kind: "client-hello", serverName: undefined });
});

test("every prefix of a real ClientHello is incomplete, and what follows it changes nothing", () => {
  for (let length = 0; length < real.length; length += 1) {
    expect(readOpening(real.subarray(0, length)).kind).toBe("incomplete");
  }
  expect(readOpening(Buffer.concat([real, Buffer.from([23, 3, 3, 0, 1, 7])])).kind).toBe("client-hello");
});

test.each([1, 2, 3, 5, 100, 16_384])("records of %d bytes each are joined", (size) => {
  const records = toRecords(real.subarray(5), size);
  expect(readOpening(records)).toEqual({ kind: "client-hello", serverName: "api.example.com" });
  expect(readOpening(records.subarray(0, -1)).kind).toBe("incomplete");
});

describe("what is no TLS is told from its first bytes", () => {
  test.each([
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\n")],
    ["ssh", Buffer.from("SSH-2.0-x\r\n")],
    ["one byte", Buffer.from("G")],
    ["an alert", Buffer.from([21, 3, 3, 0, 2, 2, 0])],
    ["application data", Buffer.from([23, 3, 3, 0, 1, 0])],
    ["SSL 2", Buffer.from([0x80, 0x2e, 1, 3, 1])],
    ["a handshake of no version of TLS", Buffer.from([22, 2])],
  ])("%s", (_what, bytes) => expect(readOpening(bytes)).toEqual({ kind: "not-tls" }));
});

describe("what could be read in two ways is malformed", () => {
  const name = (text: string, type = 0) => Buffer.from([type, 0, text.length, ...Buffer.from(text)]);
  const list = (...names: readonly Buffer[]) => {
    const joined = Buffer.concat(names);
    return Buffer.from([joined.length >> 8, joined.length & 255, ...joined]);
  };
  const good = { type: 0, data: list(name("a.example")) };
  test.each<[string, Buffer]>([
    ["two server names in the list", makeClientHello([{ type: 0, data: list(name("a.example"), name("b.example")) }])],
    ["two extensions with a server name", makeClientHello([good, good])],
    ["a name of another type", makeClientHello([{ type: 0, data: list(name("a.example", 1)) }])],
    ["an empty name", makeClientHello([{ type: 0, data: list(name("")) }])],
    ["an empty list", makeClientHello([{ type: 0, data: list() }])],
    ["an empty extension", makeClientHello([{ type: 0, data: Buffer.alloc(0) }])],
    [
      "bytes after the list",
      makeClientHello([{ type: 0, data: Buffer.concat([list(name("a.example")), Buffer.from([0])]) }]),
    ],
    ["a name that is longer than its list", makeClientHello([{ type: 0, data: Buffer.from([0, 4, 0, 0, 9, 97]) }])],
    [
      "an extension that is longer than its message",
      makeClientHello([{ type: 0, data: list(name("a")), length: 999 }]),
    ],
    ["a hello that ends in its random", toRecords(Buffer.from([1, 0, 0, 4, 3, 3, 0, 0]), 100)],
    ["another handshake message", toRecords(Buffer.from([2, 0, 0, 4, 3, 3, 0, 0]), 100)],
    ["an empty record", Buffer.from([22, 3, 1, 0, 0, 1])],
    ["a record of 16385 bytes", Buffer.from([22, 3, 1, 0x40, 0x01])],
    [
      "another record before the end",
      Buffer.concat([toRecords(Buffer.from([1, 0, 1, 0]), 100), Buffer.from([23, 3, 3, 0, 1, 0])]),
    ],
  ])("%s", (_what, bytes) => expect(readOpening(bytes).kind).toBe("malformed"));
});

test.each([
  [-1, "client-hello"],
  [0, "client-hello"],
  [1, "malformed"],
])("a ClientHello of the longest size %+d is %s", (more, kind) => {
  const bare = makeClientHello([{ type: 99, data: Buffer.alloc(0) }]).length - 5;
  const hello = makeClientHello([{ type: 99, data: Buffer.alloc(MAX_CLIENT_HELLO_BYTES - bare + more) }], 16_384);
  expect(readOpening(hello).kind).toBe(kind);
});

test("no bytes at all make the reader throw, nor any damage to a real ClientHello", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void readOpening(bytes)),
    { numRuns: 1_000 },
  );
  const handshakes = fc
    .uint8Array({ maxLength: 400 })
    .map((bytes) => Uint8Array.from([22, 3, 1, 1, 0, 1, 0, ...bytes]));
  fc.assert(
    fc.property(handshakes, (bytes) => void readOpening(bytes)),
    { numRuns: 1_000 },
  );
  const edits = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(edits, (changes) => {
      const damaged = Buffer.from(real);
      for (const [at, byte] of changes) damaged[at % damaged.length] = byte;
      readOpening(damaged);
    }),
    { numRuns: 2_000 },
  );
});
