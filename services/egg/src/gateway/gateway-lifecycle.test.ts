import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, openGateway } from "./gateway.ts";
import { closeSocket, type InsideSocket } from "./namespace/inside-sockets.ts";
import { openNetworkNamespace } from "./namespace/network-namespace.ts";
import { PreparedNetwork, prepareNetwork } from "./namespace/prepared-network.ts";
import type { WantedSocket } from "./namespace/socket-maker.ts";
import { Inside } from "./testing/inside.ts";
import { type OutsideServers, startOutsideServers } from "./testing/outside-servers.ts";
import { ruleFor } from "./testing/test-gateway.ts";
import { mapUpstreams } from "./testing/upstream-map.ts";

let outside: OutsideServers;
beforeAll(async () => {
  outside = await startOutsideServers(["echo.example"], (_incoming, answer) => answer.end("hello\n"));
});
afterAll(async () => {
  await outside?.[Symbol.asyncDispose]();
});

function openToEcho(prepared?: PreparedNetwork): Promise<Gateway> {
  const map = mapUpstreams({ "echo.example:7": outside.echo, "echo.example:80": outside.http });
  const rules = [ruleFor("echo.example", 7, 80)];
  return openGateway({ rules, hostPorts: [], ...map, ...(prepared && { prepared }) });
}

/** A program inside that is connected, and ends when its connection does. */
async function connectFromInside(gateway: Gateway) {
  const inside = await Inside.create(gateway.entry);
  const child = inside.spawn(["bash", "-c", "exec 3<>/dev/tcp/echo.example/7; head -n1 <&3; cat <&3"]);
  const ended = once(child, "close");
  await once(child.stdout!, "data");
  return { ended, [Symbol.asyncDispose]: () => inside[Symbol.asyncDispose]() };
}

test("a prepared network serves like any other", async () => {
  await using gateway = await openToEcho(await prepareNetwork());
  await using inside = await Inside.create(gateway.entry);
  expect(await inside.sh("curl -sS http://echo.example/")).toBe("hello\n");
});

test("two gateways do not see each other", async () => {
  await using first = await openToEcho();
  await using second = await openGateway({ rules: [], hostPorts: [] });
  await using inside = await Inside.create(second.entry);
  const { stderr } = await inside.run(["curl", "-sS", "http://echo.example/"]);
  expect(stderr).toMatch(/Could not resolve host/);
  expect(first.entry.enter).not.toEqual(second.entry.enter);
});

test("closing cuts what is open and frees every descriptor and process", async () => {
  const before = openDescriptors();
  const gateway = await openToEcho();
  await using program = await connectFromInside(gateway);
  await gateway.close();
  await gateway.close();
  await program.ended;
  await expect.poll(openDescriptors).toBeLessThanOrEqual(before);
  expect(holders()).toEqual([]);
});

describe("when the gateway can no longer serve, every connection is cut and the egg is told once", () => {
  test("because the holder of the namespace died", async () => {
    await using gateway = await openToEcho();
    await using program = await connectFromInside(gateway);
    const failures: string[] = [];
    gateway.onFailure(({ name }) => failures.push(name));
    process.kill(holders()[0]!, "SIGKILL");
    await program.ended;
    const late = await new Promise<Error>((resolve) => gateway.onFailure(resolve));
    expect([...failures, late.name]).toEqual(["NamespaceDiedError", "NamespaceDiedError"]);
  });

  test.each([
    ["the name server's packets", 0],
    ["the name server's connections", 1],
    ["a captured port", 3],
    ["the proxy", -1],
  ])("because the listener for %s was lost", async (_what, index) => {
    const network = new ObservedNetwork(await openNetworkNamespace(), undefined);
    await using gateway = await openToEcho(network);
    await using program = await connectFromInside(gateway);
    const failure = new Promise<Error>((resolve) => gateway.onFailure(resolve));
    closeSocket(network.sockets.at(index)!);
    expect((await failure).message).toMatch(/the gateway's listener on port \d+ failed/);
    await program.ended;
    await expect.poll(holders).toEqual([]);
  });
});

describe("a host that cannot enforce it starts nothing and is told what to do", () => {
  const program = fileURLToPath(new URL("./testing/gateway-program.ts", import.meta.url));
  const request = JSON.stringify({ rules: [], hostPorts: [], upstreams: {}, scripts: [] });
  const failOn = (preparation: string) => {
    const script = `${preparation} && exec "$@"`;
    const argv = ["-Urmn", "--", "/bin/sh", "-c", script, "sh", process.execPath, program];
    return spawnSync("unshare", argv, {
      env: { PATH: process.env["PATH"], WT_TEST_GATEWAY: request },
      encoding: "utf8",
    });
  };

  test("no more namespaces allowed", () => {
    const { status, stderr } = failOn("echo 0 > /proc/sys/user/max_net_namespaces");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(
      /NotEnforceableError: the sandbox cannot enforce network: bubblewrap could not make a network namespace: .*Run: /,
    );
  });

  test.each([
    ["bwrap", "bubblewrap"],
    ["nsenter", "util-linux"],
    ["ip", "iproute2"],
  ])("%s is missing", (name, debianPackage) => {
    const hide = `for f in /usr/bin/${name} /bin/${name} /usr/sbin/${name} /sbin/${name} /usr/local/bin/${name}; do [ -e $f ] && mount --bind /dev/null $f; done; true`;
    const { status, stderr } = failOn(hide);
    expect(status).not.toBe(0);
    expect(stderr).toContain(`Run: sudo apt-get install ${debianPackage}`);
  });
});

test("a host without IPv6 is served over IPv4 alone", async () => {
  const namespace = await openNetworkNamespace();
  const [program, ...prefix] = namespace.enter;
  spawnSync(program!, [...prefix, "/bin/sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"]);
  await using gateway = await openToEcho(new PreparedNetwork(namespace, undefined));
  await using inside = await Inside.create(gateway.entry);
  expect(await inside.sh("curl -sS http://echo.example/")).toBe("hello\n");
  expect((await inside.run(["curl", "-sS", "http://[2606:4700::1111]/"])).stderr).toMatch(
    /Failed to connect|unreachable/,
  );
});

/** Lets a test lose a listener, which nothing outside of this process could. */
class ObservedNetwork extends PreparedNetwork {
  sockets: readonly InsideSocket[] = [];

  override async open(wanted: readonly WantedSocket[]): Promise<readonly InsideSocket[]> {
    this.sockets = await super.open(wanted);
    return this.sockets;
  }
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Holders that this process started: children that bubblewrap put into another network. */
function holders(): number[] {
  const tasks = readdirSync(`/proc/${process.pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${process.pid}/task/${task}/children`, "utf8").split(" "),
  );
  return children
    .filter(Boolean)
    .map(Number)
    .filter((pid) => isHolder(pid));
}

function isHolder(pid: number): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/exe`).endsWith("/bwrap") &&
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--json-status-fd")
    );
  } catch {
    return false;
  }
}
