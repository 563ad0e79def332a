import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { RelayClaims } from "@wingthing/access-token/claims";
import { BadSignatureError } from "@wingthing/access-token/token-error";
import { parseUserId, parseWingId, type WingId } from "@wingthing/contracts/ids";
import { type Log, silentLog } from "@wingthing/service-runtime/log";
import { type RoostRelay, startRoostRelay } from "../app.ts";
import type { RelayLimits } from "../relay-limits.ts";
import { TestLink } from "./test-link.ts";

/** Who a test says it is; stands for a signed token. */
export interface TestIdentity {
  /** A name; made into a user id. */
  readonly sub: string;
  readonly wing?: WingId;
  readonly groups: readonly string[];
}

/** A user id that begins with a readable name. */
export const userId = (name: string) => parseUserId(`u${name.padEnd(20, "a")}`);
/** A wing id that begins with a readable name. */
export const wingId = (name: string) => parseWingId(`w${name.padEnd(20, "a")}`);

/** A person, in their own group and in the orgs named. */
export const person = (name: string, ...orgs: string[]): TestIdentity => ({ sub: name, groups: [`user:${name}`, ...orgs] });
/** A wing of a person. */
export const wingOf = (name: string, wing: string, ...orgs: string[]): TestIdentity => ({
  ...person(name, ...orgs),
  wing: wingId(wing),
});

/** The token that the test relay takes for this identity. */
export const tokenOf = (identity: TestIdentity): string => JSON.stringify(identity);

/** What `verifyToken` of a test relay does: refuses whatever is not of `tokenOf`. */
export async function verifyTestToken(token: string): Promise<RelayClaims> {
  if (!token.startsWith("{")) throw new BadSignatureError("The token is not signed by this roost.");
  const { sub, groups, wing } = JSON.parse(token) as TestIdentity;
  return { sub: userId(sub), groups: [...groups], wing, aud: "relay", iat: 0, exp: 2 ** 31 };
}

/** A relay on a real HTTP server. */
export interface TestRelay extends AsyncDisposable {
  readonly relay: RoostRelay;
  readonly url: string;
  /** Opens a WebSocket and says nothing. */
  dial(): Promise<TestLink>;
  /** Opens a link and waits for its welcome. */
  connect(identity: TestIdentity): Promise<TestLink>;
}

/** What a test changes. */
export interface TestRelayOptions {
  readonly limits?: Partial<RelayLimits>;
  readonly log?: Log;
  readonly verifyToken?: (token: string) => Promise<RelayClaims>;
}

/** Starts a relay that takes `tokenOf` tokens; disposing it closes every socket. */
export async function startTestRelay(options: TestRelayOptions = {}): Promise<TestRelay> {
  const { limits = {}, log = silentLog, verifyToken = verifyTestToken } = options;
  const relay = startRoostRelay({ verifyToken, log, limits });
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
  return { relay, url, dial, connect, [Symbol.asyncDispose]: dispose };
}
