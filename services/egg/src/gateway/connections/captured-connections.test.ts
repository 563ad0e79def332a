import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { describe, expect, test } from "vitest";
import { FakeAddresses } from "../names/fake-addresses.ts";
import { NetworkPolicy } from "../policy/network-policy.ts";
import type { RefusedAttempt } from "../refusals.ts";
import { ending, readAll, socketPair } from "../testing/socket-pair.ts";
import { CapturedConnections, type OriginalDestination } from "./captured-connections.ts";
import { ConnectionTable } from "./connection-table.ts";
import { Outbound } from "./outbound.ts";
import { OutgoingService } from "./outgoing-service.ts";

/** Serves connections as if they had been captured on their way to `destination`. */
function capturing(
  destination: OriginalDestination | undefined,
  options: { limit?: number; hostPorts?: number[] } = {},
) {
  const refusals: RefusedAttempt[] = [];
  const onRefusal = (refusal: RefusedAttempt) => refusals.push(refusal);
  const policy = new NetworkPolicy([create(NetworkRuleSchema, { host: "a.example", ports: [7] })]);
  const outbound = new Outbound({ policy, resolve: () => Promise.reject(new Error("offline")) });
  const addresses = new FakeAddresses();
  const connections = new ConnectionTable(options.limit);
  const captured = new CapturedConnections({
    connections,
    addresses,
    onRefusal,
    outgoing: new OutgoingService({ policy, outbound, onRefusal }),
    hostPorts: options.hostPorts ?? [],
    originalDestination: () => destination,
  });
  return { captured, refusals, connections, addresses };
}

describe("a connection whose destination is", () => {
  test("unknown is reset", async () => {
    const { captured } = capturing(undefined);
    await using pair = await socketPair();
    await captured.serve(pair.accepted);
    expect(await ending(pair.connected.resume())).toBe("reset");
  });

  test("a fake address that stands for no name is reset and told", async () => {
    const { captured, refusals } = capturing({ address: "198.18.9.9", port: 443 });
    await using pair = await socketPair();
    await captured.serve(pair.accepted);
    expect(await ending(pair.connected.resume())).toBe("reset");
    expect(refusals).toEqual([
      { host: "198.18.9.9", port: 443, reason: "198.18.9.9 stands for no name (any more); look the name up again" },
    ]);
  });

  test("loopback on a port that is captured and opened to the host reaches the host", async () => {
    const host = createServer((socket) => socket.on("error", () => undefined).end("the host")).listen(0, "127.0.0.1");
    await once(host, "listening");
    const { port } = host.address() as AddressInfo;
    const { captured } = capturing({ address: "127.0.0.1", port }, { hostPorts: [port] });
    await using pair = await socketPair();
    void captured.serve(pair.accepted);
    expect(await readAll(pair.connected)).toBe("the host");
    host.close();
  });

  test("loopback on a host port that nobody serves is reset", async () => {
    const { captured } = capturing({ address: "127.0.0.1", port: 1 }, { hostPorts: [1] });
    await using pair = await socketPair();
    await captured.serve(pair.accepted);
    expect(await ending(pair.connected.resume())).toBe("reset");
  });
});

test("one connection more than the limit is reset and told by the name that was meant; one that closed makes room", async () => {
  const { captured, refusals, connections, addresses } = capturing({ address: "198.18.0.1", port: 7 }, { limit: 1 });
  addresses.addressOf("a.example");
  await using first = await socketPair();
  await using second = await socketPair();
  const serving = captured.serve(first.accepted);
  await captured.serve(second.accepted);
  expect(await ending(second.connected.resume())).toBe("reset");
  expect(refusals).toEqual([{ host: "a.example", port: 7, reason: "more than 1000 connections at one time" }]);
  first.connected.destroy();
  await serving;
  await expect.poll(() => connections.size).toBe(0);
});
