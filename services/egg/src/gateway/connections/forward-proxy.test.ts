import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NetworkPolicy } from "../policy/network-policy.ts";
import type { RefusedAttempt } from "../refusals.ts";
import { makeClientHello } from "../testing/client-hello-bytes.ts";
import { ending, readAll } from "../testing/socket-pair.ts";
import { mapUpstreams } from "../testing/upstream-map.ts";
import { ConnectionTable } from "./connection-table.ts";
import { ForwardProxy, parseAuthority } from "./forward-proxy.ts";
import { Outbound } from "./outbound.ts";
import { OutgoingService } from "./outgoing-service.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let seen: Seen[];
let refusals: RefusedAttempt[];
let connections: ConnectionTable;
let upstream: Server;
let proxy: Server;
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeEach(async () => {
  seen = [];
  refusals = [];
  upstream = createHttpServer({ keepAliveTimeout: 1, keepAliveTimeoutBuffer: 1 }, async (incoming, answer) => {
    const { method = "", url = "", headers } = incoming;
    seen.push({ method, url, headers, body: Buffer.concat(await incoming.toArray()).toString() });
    answer.writeHead(201, { "x-end-to-end": "yes", connection: "keep-alive, x-hop", "x-hop": "no" });
    answer.end("answered");
  }).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const policy = new NetworkPolicy(
    ["a.example", "gone.example", "lost.example"].map((host) => create(NetworkRuleSchema, { host })),
  );
  const target = `127.0.0.1:${portOf(upstream)}`;
  const map = mapUpstreams({ "a.example:80": target, "a.example:443": target, "gone.example:80": "127.0.0.1:1" });
  const onRefusal = (refusal: RefusedAttempt) => refusals.push(refusal);
  const outgoing = new OutgoingService({ policy, outbound: new Outbound({ policy, ...map }), onRefusal });
  connections = new ConnectionTable();
  proxy = createServer().listen(0, "127.0.0.1");
  new ForwardProxy({ connections, outgoing }).listen(proxy);
  await once(proxy, "listening");
});

afterEach(async () => {
  connections.cutAll();
  await new Promise((resolve) => proxy.close(resolve));
  await new Promise((resolve) => upstream.close(resolve));
});

async function ask(url: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const { method = "GET", headers = {}, body } = options;
  const outgoing = request({ port: portOf(proxy), path: url, method, headers, agent: false }).end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(await answer.toArray()).toString() };
}

async function open(): Promise<Socket> {
  const socket = connect(portOf(proxy), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

describe("a plain request", () => {
  test("reaches the host of its URL, whatever its Host header says, without the headers of the hop", async () => {
    const headers = {
      host: "evil.example",
      "proxy-authorization": "Basic x",
      "x-hop": "1",
      connection: "x-hop",
      "x-mine": "2",
    };
    const answer = await ask("http://a.example/path?q=1", { headers });
    expect(answer).toMatchObject({ status: 201, body: "answered" });
    expect(answer.headers).toMatchObject({ "x-end-to-end": "yes" });
    expect(answer.headers["x-hop"]).toBeUndefined();
    expect(seen[0]).toMatchObject({ method: "GET", url: "/path?q=1", headers: { host: "a.example", "x-mine": "2" } });
    expect(Object.keys(seen[0]!.headers)).not.toContain("proxy-authorization");
    expect(Object.keys(seen[0]!.headers)).not.toContain("x-hop");
  });

  test.each<[string, Record<string, string>]>([
    ["of a known length", { "content-length": "4" }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("carries a body %s, with any method", async (_how, headers) => {
    for (const method of ["POST", "PUT", "DELETE"]) await ask("http://a.example/", { method, headers, body: "body" });
    expect(seen.map(({ method, body }) => `${method} ${body}`)).toEqual(["POST body", "PUT body", "DELETE body"]);
  });

  test("to a host that no rule allows is answered with the reason", async () => {
    expect(await ask("http://evil.example/")).toMatchObject({
      status: 403,
      body: "wingthing: no network rule allows evil.example\n",
    });
    expect(refusals).toEqual([{ host: "evil.example", port: 80, reason: "no network rule allows evil.example" }]);
  });

  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://[::1]:8080/",
    "http://169.254.169.254/latest/",
    "http://localhost/",
  ])("to %s is refused", async (url) => expect(await ask(url)).toMatchObject({ status: 403 }));

  test("to a host that does not answer is a bad gateway and no refusal", async () => {
    expect(await ask("http://gone.example/")).toMatchObject({ status: 502 });
    expect(await ask("http://lost.example/")).toMatchObject({ status: 502 });
    expect(refusals).toEqual([]);
  });

  test.each(["/path", "https://a.example/", "ftp://a.example/", "http://", "*"])(
    "for %s is a bad request",
    async (url) => {
      expect(await ask(url, { method: "OPTIONS" })).toMatchObject({ status: 400 });
    },
  );

  test("with two lengths does not get through", async () => {
    const socket = await open();
    socket.write(
      "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 400/);
    expect(seen).toEqual([]);
  });
});

describe("CONNECT", () => {
  test("opens a tunnel through which the rest of the first packet goes too", async () => {
    const socket = await open();
    socket.write(
      "CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\nGET /inside HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n",
    );
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 201 /);
    expect(seen[0]?.url).toBe("/inside");
    socket.destroy();
  });

  test("to a host that no rule allows is answered with the reason", async () => {
    const socket = await open();
    socket.write("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    expect(await readAll(socket)).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n.*wingthing: no network rule allows evil\.example\n$/s,
    );
  });

  test("does not open another name behind the allowed one: the server name is checked inside", async () => {
    const socket = await open();
    const name = Buffer.from("evil.example");
    const data = Buffer.concat([Buffer.from([0, name.length + 3, 0, 0, name.length]), name]);
    socket.write("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n");
    await once(socket, "data");
    socket.write(makeClientHello([{ type: 0, data }]));
    expect(Buffer.from(await readAll(socket), "latin1")).toEqual(Buffer.from([21, 3, 3, 0, 2, 2, 112]));
    expect(refusals[0]?.reason).toBe("TLS to a.example on port 443 names another server, evil.example");
    expect(seen).toEqual([]);
  });

  test.each([
    ["a.example:443", "a.example", 443],
    ["A.EXAMPLE.:65535", "a.example", 65_535],
    ["[::1]:80", "::1", 80],
    ["0x7f.1:80", "127.0.0.1", 80],
  ])("%s names a host and a port", (authority, host, port) => {
    expect(parseAuthority(authority)).toMatchObject({ host: { text: host }, port });
  });

  test.each([
    "",
    "a.example",
    "a.example:",
    "a.example:0",
    "a.example:65536",
    "a.example:+80",
    "a.example:80:90",
    "user@a.example:443",
    "[::1",
    "::1:80",
    "a.example/x:80",
    "a example:80",
  ])("%j names none", (authority) => expect(parseAuthority(authority)).toBeUndefined());
});

test("a connection that is one too many is reset", async () => {
  connections.cutAll();
  const socket = connect(portOf(proxy), "127.0.0.1").on("error", () => undefined);
  expect(await ending(socket.resume())).toBe("reset");
});
