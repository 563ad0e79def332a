import { createServer, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { RelayClaims } from "@wingthing/access-token/claims";
import { type Clock, systemClock } from "@wingthing/service-runtime/clock";
import { type Log, silentLog } from "@wingthing/service-runtime/log";
import { expect, vi } from "vitest";
import { type RelayStats, type RoostRelay, startRoostRelay } from "../app.ts";
import type { RelayLimits } from "../relay-limits.ts";
import { type TestIdentity, tokenOf, verifyTestToken } from "./test-identity.ts";
import { TestLink } from "./test-link.ts";

/** A relay on a real HTTP server. */
export interface TestRelay extends AsyncDisposable {
  readonly relay: RoostRelay;
  readonly url: string;
  /** Opens a WebSocket and says nothing. */
  dial(): Promise<TestLink>;
  /** Opens a link and waits for its welcome. */
  connect(identity: TestIdentity): Promise<TestLink>;
  /** Asks for an upgrade that is refused by HTTP. */
  refusedUpgrade(path?: string): Promise<{ status: number; retryAfter: string | undefined; body: string }>;
  /** Waits until the relay's counts are so: it learns of a socket's end when the kernel tells it. */
  until(holds: (stats: RelayStats) => boolean): Promise<void>;
}

/** What a test changes. */
export interface TestRelayOptions {
  readonly limits?: Partial<RelayLimits>;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly verifyToken?: (token: string) => Promise<RelayClaims>;
}

/** Starts a relay that takes `tokenOf` tokens; disposing it closes every socket. */
export async function startTestRelay(options: TestRelayOptions = {}): Promise<TestRelay> {
  const { limits = {}, log = silentLog, clock = systemClock, verifyToken = verifyTestToken } = options;
  const relay = startRoostRelay({ verifyToken, log, clock, limits });
  const server = createServer((_, response) => response.end("not the relay"));
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("upgrade", relay.handleUpgrade);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}/relay`;
  const links: TestLink[] = [];

  const dial = async () => {
    const link = await TestLink.dial(url);
    links.push(link);
    return link;
  };
  const connect = async (identity: TestIdentity) => {
    const link = await dial();
    link.hello(tokenOf(identity));
    await link.next("welcome");
    return link;
  };
  const dispose = async () => {
    for (const link of links) link.destroy();
    await relay.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const refusedUpgrade = (path = "/relay") => requestUpgrade(port, path);
  const until = (holds: (stats: RelayStats) => boolean) =>
    vi.waitFor(() => expect(relay.stats()).toSatisfy(holds), { interval: 5, timeout: 5_000 });
  return { relay, url, dial, connect, refusedUpgrade, until, [Symbol.asyncDispose]: dispose };
}

/** A WebSocket client would hide the answer. */
function requestUpgrade(port: number, path: string) {
  return new Promise<{ status: number; retryAfter: string | undefined; body: string }>((resolve, reject) => {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const asked = request({ port, path, host: "127.0.0.1", headers }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"], body }),
      );
    });
    asked.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error("the upgrade was not refused"));
    });
    asked.on("error", reject);
    asked.end();
  });
}
