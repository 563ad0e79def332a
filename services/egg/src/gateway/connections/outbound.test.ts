import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { describe, expect, test } from "vitest";
import { parseHost } from "../policy/host.ts";
import { NetworkPolicy } from "../policy/network-policy.ts";
import { socketPair } from "../testing/socket-pair.ts";
import {
  AddressRefusedError,
  type DialTarget,
  dialByTcp,
  MAX_ADDRESSES,
  Outbound,
  resolveBySystem,
  UnreachableError,
} from "./outbound.ts";

const PUBLIC = ["93.184.215.14", "2606:4700::1111"];
const never = new AbortController().signal;

function hostOf(text: string) {
  const host = parseHost(text);
  if (host === undefined) throw new Error(`expected a host, found ${text}`);
  return host;
}

/** An Outbound that resolves to these addresses and records what it dials instead of dialing. */
function outboundTo(addresses: readonly string[], ...hosts: readonly string[]) {
  const dialled: DialTarget[] = [];
  const policy = new NetworkPolicy(hosts.map((host) => create(NetworkRuleSchema, { host })));
  const outbound = new Outbound({
    policy,
    resolve: async () => addresses,
    dial: async (target) => {
      dialled.push(target);
      throw new Error("recorded");
    },
    ownAddresses: () => ["5.6.7.8"],
  });
  return { outbound, dialled };
}

describe("only addresses that were checked are dialled", () => {
  test("all public ones, in order", async () => {
    const { outbound, dialled } = outboundTo(PUBLIC, "*");
    await expect(outbound.connect(hostOf("a.example"), 443, never)).rejects.toThrow("recorded");
    expect(dialled).toEqual([{ host: "a.example", port: 443, addresses: PUBLIC }]);
  });

  test("a name with good and bad addresses is dialled at the good ones alone", async () => {
    const { outbound, dialled } = outboundTo(["127.0.0.1", "93.184.215.14", "::ffff:10.0.0.1", "169.254.169.254"], "*");
    await expect(outbound.connect(hostOf("a.example"), 443, never)).rejects.toThrow(UnreachableError);
    expect(dialled[0]?.addresses).toEqual(["93.184.215.14"]);
  });

  test.each(["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "64:ff9b::7f00:1", "5.6.7.8", "nonsense"])(
    "a name that resolves to %s is refused and not dialled",
    async (address) => {
      const { outbound, dialled } = outboundTo([address], "*");
      await expect(outbound.connect(hostOf("rebind.example"), 443, never)).rejects.toThrow(AddressRefusedError);
      expect(dialled).toEqual([]);
    },
  );

  test("an address is not resolved, but checked like any other", async () => {
    const { outbound, dialled } = outboundTo(["1.1.1.1"], "*", "10.1.2.3");
    await expect(outbound.connect(hostOf("10.9.9.9"), 443, never)).rejects.toThrow(AddressRefusedError);
    await expect(outbound.connect(hostOf("10.1.2.3"), 443, never)).rejects.toThrow("recorded");
    expect(dialled.map(({ addresses }) => addresses)).toEqual([["10.1.2.3"]]);
  });
});

test.each([
  [-1, MAX_ADDRESSES - 1],
  [0, MAX_ADDRESSES],
  [1, MAX_ADDRESSES],
])("of the limit %+d addresses, %d are tried", async (more, wanted) => {
  const addresses = Array.from({ length: MAX_ADDRESSES + more }, (_, index) => `93.184.215.${index}`);
  const { outbound, dialled } = outboundTo(addresses, "*");
  await expect(outbound.connect(hostOf("a.example"), 443, never)).rejects.toThrow();
  expect(dialled[0]?.addresses).toHaveLength(wanted);
});

describe("what cannot be reached is no refusal", () => {
  test("a name without an address", async () => {
    await expect(outboundTo([], "*").outbound.connect(hostOf("a.example"), 443, never)).rejects.toThrow(
      "a.example has no address",
    );
  });

  test("a name that does not resolve keeps the cause", async () => {
    const cause = new Error("ENOTFOUND");
    const outbound = new Outbound({ policy: new NetworkPolicy([]), resolve: () => Promise.reject(cause) });
    const failure = outbound.connect(hostOf("a.example"), 443, never);
    await expect(failure).rejects.toThrow(UnreachableError);
    await expect(failure).rejects.toMatchObject({ cause, message: "a.example cannot be resolved: ENOTFOUND" });
  });

  test("a resolver that never answers is given up", async () => {
    const outbound = new Outbound({
      policy: new NetworkPolicy([]),
      resolve: () => new Promise(() => undefined),
      connectTimeoutMs: 20,
    });
    await expect(outbound.connect(hostOf("a.example"), 443, never)).rejects.toThrow("no answer within 0.02 s");
  });

  test("a client that goes away ends the attempt", async () => {
    const cancel = new AbortController();
    const outbound = new Outbound({ policy: new NetworkPolicy([]), resolve: () => new Promise(() => undefined) });
    const failure = outbound.connect(hostOf("a.example"), 443, cancel.signal);
    cancel.abort();
    await expect(failure).rejects.toThrow("the client went away");
  });

  test("a connection that comes too late is closed", async () => {
    await using pair = await socketPair();
    const late = Promise.withResolvers<Socket>();
    const outbound = new Outbound({
      policy: new NetworkPolicy([]),
      resolve: async () => PUBLIC,
      dial: () => late.promise,
      connectTimeoutMs: 20,
    });
    await expect(outbound.connect(hostOf("a.example"), 443, never)).rejects.toThrow(UnreachableError);
    late.resolve(pair.connected);
    await once(pair.accepted.resume(), "end");
    expect(pair.connected.destroyed).toBe(true);
  });
});

describe("the system's dialer", () => {
  async function listen() {
    const server = createServer((socket) => socket.on("error", () => undefined).end("hello"));
    server.listen(0, "127.0.0.2");
    await once(server, "listening");
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  }

  test("tries one address after the other and keeps the first that answers", async () => {
    const { port, close } = await listen();
    const socket = await dialByTcp({ host: "a.example", port, addresses: ["127.0.0.3", "127.0.0.2"] }, never);
    expect(socket.remoteAddress).toBe("127.0.0.2");
    expect(socket.allowHalfOpen).toBe(true);
    socket.destroy();
    close();
  });

  test("says why when none answers", async () => {
    const { port, close } = await listen();
    close();
    const dial = () => dialByTcp({ host: "a.example", port, addresses: ["127.0.0.3", "127.0.0.2"] }, never);
    const outbound = new Outbound({ policy: new NetworkPolicy([]), resolve: async () => PUBLIC, dial });
    const failure = outbound.connect(hostOf("a.example"), port, never);
    await expect(failure).rejects.toThrow(/a\.example does not answer on port \d+: .*ECONNREFUSED/);
  });

  test("is stopped by the signal", async () => {
    const cancel = new AbortController();
    const dialing = dialByTcp({ host: "a.example", port: 9, addresses: ["127.0.0.2"] }, cancel.signal);
    cancel.abort();
    await expect(dialing).rejects.toThrow(/abort/i);
  });
});

test("the deadline of an attempt does not end the connection that it made", async () => {
  await using pair = await socketPair();
  const outbound = new Outbound({
    policy: new NetworkPolicy([]),
    resolve: async () => PUBLIC,
    dial: async (_target, signal) => {
      signal.addEventListener("abort", () => pair.connected.destroy());
      return pair.connected;
    },
    connectTimeoutMs: 10,
  });
  const socket = await outbound.connect(hostOf("a.example"), 443, never);
  await once(AbortSignal.timeout(30), "abort");
  expect(socket.destroyed).toBe(false);
});

test("the system's resolver knows the host's own names", async () => {
  expect(await resolveBySystem("localhost")).toContain("127.0.0.1");
});
