import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NotEnforceableError } from "../../sandbox/not-enforceable.ts";
import { closeSocket, InsideSockets } from "./inside-sockets.ts";
import { type NetworkNamespace, openNetworkNamespace } from "./network-namespace.ts";
import { prepareNetwork } from "./prepared-network.ts";

let namespace: NetworkNamespace;
beforeEach(async () => {
  namespace = await openNetworkNamespace();
});
afterEach(async () => {
  await namespace.close();
});

test("sockets come in the order of the request, on their ports, and the host's ports stay free", async () => {
  const made = await new InsideSockets(namespace).make([
    { kind: "udp", address: "::", port: 53 },
    { kind: "tcp", address: "::", port: 443 },
    { kind: "tcp", address: "127.0.0.1", port: 0 },
  ]);
  expect(made.map(({ kind, port }) => [kind, port === 0])).toEqual([
    ["udp", false],
    ["tcp", false],
    ["tcp", false],
  ]);
  expect(made.map(({ port }) => port).slice(0, 2)).toEqual([53, 443]);
  await using other = await openNetworkNamespace();
  const again = await new InsideSockets(other).make([{ kind: "tcp", address: "::", port: 443 }]);
  for (const socket of [...made, ...again]) closeSocket(socket);
});

describe("a socket that cannot be made", () => {
  test("is named, and the others are closed", async () => {
    const before = readdirSync("/proc/self/fd").length;
    const wanted = [
      { kind: "tcp", address: "::", port: 443 },
      { kind: "tcp", address: "127.0.0.1", port: 443 },
    ] as const;
    const failure = new InsideSockets(namespace).make(wanted);
    await expect(failure).rejects.toThrow(NotEnforceableError);
    await expect(failure).rejects.toThrow("tcp 127.0.0.1 port 443: listen EADDRINUSE");
    await new Promise((resolve) => setImmediate(resolve));
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before);
  });

  test("is told when the program that makes it cannot run", async () => {
    const missing = new InsideSockets(namespace, { file: "/nowhere/node", args: [] });
    await expect(missing.make([{ kind: "tcp", address: "::", port: 443 }])).rejects.toThrow(
      /nsenter: failed to execute|exit code/,
    );
  });

  test("is told when the program dies first", async () => {
    const dying = new InsideSockets(namespace, {
      file: process.execPath,
      args: ["-e", "process.kill(process.pid, 9)"],
    });
    await expect(dying.make([{ kind: "tcp", address: "::", port: 443 }])).rejects.toThrow("SIGKILL");
  });
});

test("a prepared network that is never used leaves no process behind", async () => {
  const before = readdirSync("/proc/self/fd").length;
  const network = await prepareNetwork();
  await network[Symbol.asyncDispose]();
  expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before);
});
