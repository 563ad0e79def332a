import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { describe, expect, test } from "vitest";
import { type Host, parseHost } from "../policy/host.ts";
import { NetworkPolicy } from "../policy/network-policy.ts";
import type { RefusedAttempt } from "../refusals.ts";
import { makeClientHello } from "../testing/client-hello-bytes.ts";
import { ending, readAll, socketPair } from "../testing/socket-pair.ts";
import { Outbound } from "./outbound.ts";
import { OutgoingService } from "./outgoing-service.ts";

const ACCESS_DENIED = "\x15\x03\x03\x00\x02\x02\x31";
const UNRECOGNIZED_NAME = "\x15\x03\x03\x00\x02\x02\x70";

function hostOf(text: string): Host {
  const host = parseHost(text);
  if (host === undefined) throw new Error(`expected a host, found ${text}`);
  return host;
}

function helloTo(serverName: string): Buffer {
  const name = Buffer.from(serverName);
  return makeClientHello([
    { type: 0, data: Buffer.concat([Buffer.from([0, name.length + 3, 0, 0, name.length]), name]) },
  ]);
}

/** A client that is being served to a destination, and the server that it would reach. */
async function serving(host: string, port: number) {
  const client = await socketPair();
  const server = await socketPair();
  const refusals: RefusedAttempt[] = [];
  const rules = [
    create(NetworkRuleSchema, { host: "a.example", ports: [443, 8443, 22] }),
    create(NetworkRuleSchema, { host: "1.1.1.1" }),
  ];
  const policy = new NetworkPolicy(rules);
  const outbound = new Outbound({ policy, resolve: async () => ["93.184.215.14"], dial: async () => server.connected });
  const service = new OutgoingService({ policy, outbound, onRefusal: (refusal) => refusals.push(refusal) });
  const over = service.serve(client.accepted, { host: hostOf(host), port });
  return {
    client: client.connected,
    server: server.accepted,
    refusals,
    over,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await over;
    },
  };
}

describe.each([443, 8443])("TLS on port %d", (port) => {
  test("to the name that was looked up goes through, byte for byte", async () => {
    await using served = await serving("a.example", port);
    const hello = helloTo("A.example");
    served.client.end(hello);
    expect(Buffer.from(await readAll(served.server), "latin1")).toEqual(hello);
    expect(served.refusals).toEqual([]);
  });

  test.each(["b.example", "x.a.example", "a.example\0", "127.0.0.1"])(
    "to %j is refused, and not a byte leaves",
    async (name) => {
      await using served = await serving("a.example", port);
      served.client.write(helloTo(name));
      expect(await readAll(served.client)).toBe(UNRECOGNIZED_NAME);
      expect(served.server.bytesRead).toBe(0);
      expect(served.refusals).toHaveLength(1);
    },
  );

  test("with an unreadable server name is refused", async () => {
    await using served = await serving("a.example", port);
    served.client.write(makeClientHello([{ type: 0, data: Buffer.alloc(0) }]));
    expect(await readAll(served.client)).toBe(ACCESS_DENIED);
    expect(served.refusals[0]?.reason).toContain("an unreadable server name");
  });
});

test("TLS without a server name is refused on 443, and goes through elsewhere", async () => {
  await using strict = await serving("a.example", 443);
  strict.client.write(makeClientHello([]));
  expect(await readAll(strict.client)).toBe(UNRECOGNIZED_NAME);
  await using loose = await serving("a.example", 8443);
  loose.client.end(makeClientHello([]));
  expect(await readAll(loose.server)).not.toBe("");
});

test("an address that a rule names has no name to check", async () => {
  await using served = await serving("1.1.1.1", 443);
  served.client.end(helloTo("whatever.example"));
  expect(await readAll(served.server)).toContain("whatever.example");
});

test("a server that speaks first is heard before the client says a word", async () => {
  await using served = await serving("a.example", 22);
  served.server.write("SSH-2.0-x\r\n");
  expect(String((await once(served.client, "data"))[0])).toBe("SSH-2.0-x\r\n");
  served.client.end("SSH-2.0-y\r\n");
  expect(await readAll(served.server)).toBe("SSH-2.0-y\r\n");
});

test("a client that never says anything on 443 is nothing to tell about", async () => {
  await using served = await serving("a.example", 443);
  served.client.end();
  expect(await ending(served.client.resume())).toBe("reset");
  expect(served.refusals).toEqual([]);
});

test("a client that goes away while it is served ends the upstream", async () => {
  await using served = await serving("a.example", 443);
  served.client.write(helloTo("a.example"));
  await once(served.server, "data");
  served.client.resetAndDestroy();
  expect(await ending(served.server.resume())).toBe("reset");
  await served.over;
});
