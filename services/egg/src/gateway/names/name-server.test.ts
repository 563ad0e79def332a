import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { afterEach, expect, test } from "vitest";
import { ConnectionTable } from "../connections/connection-table.ts";
import { NetworkPolicy } from "../policy/network-policy.ts";
import { makeQuery } from "../testing/dns-query.ts";
import { MAX_QUERY_BYTES } from "./dns-message.ts";
import { FakeAddresses } from "./fake-addresses.ts";
import { NameAnswers } from "./name-answers.ts";
import { MAX_DNS_CONNECTIONS, serveTcpNames, serveUdpNames } from "./name-server.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function makeAnswers(): NameAnswers {
  const policy = new NetworkPolicy([create(NetworkRuleSchema, { host: "*.example" })]);
  return new NameAnswers({ policy, addresses: new FakeAddresses(), onRefusal: () => undefined });
}

async function openUdp(): Promise<UdpSocket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  closing.push(() => socket.close());
  return socket;
}

async function openTcp(connections = new ConnectionTable()): Promise<() => Promise<Socket>> {
  const server = createServer();
  serveTcpNames(server, makeAnswers(), connections);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => connections.cutAll(),
  );
  return async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    closing.push(() => socket.destroy());
    await once(socket, "connect");
    return socket;
  };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => undefined);
    socket.resume().once("close", () => resolve());
  });
}

function framed(query: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  return Buffer.concat([length, query]);
}

async function readAnswers(socket: Socket, count: number): Promise<number[]> {
  const ids: number[] = [];
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE()) {
      ids.push(bytes.readUInt16BE(2));
      bytes = bytes.subarray(2 + bytes.readUInt16BE());
    }
    if (ids.length >= count) break;
  }
  return ids;
}

test("a packet is answered to where it came from, and garbage is not answered at all", async () => {
  const server = await openUdp();
  serveUdpNames(server, makeAnswers());
  const client = await openUdp();
  client.connect(server.address().port, "127.0.0.1");
  await once(client, "connect");
  client.send(Buffer.from("garbage"));
  client.send(makeQuery("a.example", 1, { id: 77 }));
  const [answer] = await once(client, "message");
  expect(answer.readUInt16BE(0)).toBe(77);
  expect([...answer.subarray(-4)]).toEqual([198, 18, 0, 1]);
});

test("queries on a connection are answered in order, however they are cut", async () => {
  const open = await openTcp();
  const socket = await open();
  const stream = Buffer.concat([1, 2, 3].map((id) => framed(makeQuery("a.example", 1, { id }))));
  const answers = readAnswers(socket, 3);
  for (const byte of stream) socket.write(Buffer.from([byte]));
  expect(await answers).toEqual([1, 2, 3]);
  const together = readAnswers(socket, 3);
  socket.write(stream);
  expect(await together).toEqual([1, 2, 3]);
});

test("a client that asks without reading is slowed down, and loses nothing", async () => {
  const open = await openTcp();
  const socket = await open();
  const count = 50_000;
  const query = framed(makeQuery("a.example", 1, { id: 9 }));
  socket.write(Buffer.concat(Array.from({ length: count }, () => query)));
  expect(await readAnswers(socket, count)).toHaveLength(count);
});

test.each([
  [-1, "answered"],
  [0, "answered"],
  [1, "cut"],
])("a query of the longest size %+d is %s", async (more, wanted) => {
  const open = await openTcp();
  const socket = await open();
  const bare = makeQuery("a.example", 1, { edns: 0 }).length;
  socket.write(framed(makeQuery("a.example", 1, { edns: 0, padding: MAX_QUERY_BYTES - bare + more })));
  const first = await Promise.race([once(socket, "data").then(() => "answered"), closed(socket).then(() => "cut")]);
  expect(first).toBe(wanted);
});

test("one connection more than the limit is closed, and the others live", async () => {
  const open = await openTcp();
  const sockets = await Promise.all(Array.from({ length: MAX_DNS_CONNECTIONS }, open));
  const surplus = await open();
  await closed(surplus);
  for (const socket of [sockets[0]!, sockets.at(-1)!]) {
    socket.write(framed(makeQuery("a.example", 1, { id: 5 })));
    expect(await readAnswers(socket, 1)).toEqual([5]);
  }
});

test("connections end when the egg cuts all", async () => {
  const connections = new ConnectionTable();
  const open = await openTcp(connections);
  const socket = await open();
  socket.write(framed(makeQuery("a.example", 1)));
  await readAnswers(socket, 1);
  connections.cutAll();
  await closed(socket);
  expect(connections.size).toBe(0);
});
