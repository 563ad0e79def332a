import { Code, ConnectError, createClient, createConnectRouter } from "@connectrpc/connect";
import { createTokenIssuer, type TokenIssuer } from "@wingthing/access-token/issue";
import { keysFromJwks } from "@wingthing/access-token/published-keys";
import { createVerifier } from "@wingthing/access-token/verify";
import { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { newUserId, newWingId, type WingId } from "@wingthing/contracts/ids";
import { generateKeyPair } from "@wingthing/sealed-channel/key-pair";
import { createMessagePipePair } from "@wingthing/sealed-channel/memory-pipe";
import type { PipeCloseReason } from "@wingthing/sealed-channel/message-pipe";
import { nobleAead } from "@wingthing/sealed-channel/noble-aead";
import { openSealedChannel, type SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { createTunnelClient } from "@wingthing/tunnel/tunnel-client";
import { beforeAll, expect, test } from "vitest";
import { UsedTickets } from "../access/used-tickets.ts";
import { accessService } from "../rpc/access-service.ts";
import { registerServices, type WingServices, wingRouterOptions } from "../rpc/wing-router.ts";
import { makeRoostKey, type RoostKey } from "../testing/roost-key.ts";
import { MAX_CHANNELS, ServedChannels, TICKET_WAIT_MS } from "./served-channels.ts";

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
const wingId = newWingId(random);
const userId = newUserId(random);

let roostKey: RoostKey;
beforeAll(async () => {
  roostKey = await makeRoostKey();
});

/** A wing's channels with what stands behind them, and the roost's pen. */
function serve() {
  const clock = new ManualClock(Date.now());
  const keyPair = generateKeyPair(random);
  const verifier = createVerifier(keysFromJwks(roostKey.published), { now: () => clock.now() });
  const router = createConnectRouter(wingRouterOptions(silentLog));
  const services = {
    access: accessService({ wingId, verifier, used: new UsedTickets(clock) }),
    info: { getInfo: () => ({ label: "my laptop" }) },
    session: { list: () => ({ sessions: [] }) },
    workspace: {},
  } as unknown as WingServices;
  registerServices(router, services);
  const counts: number[] = [];
  const onCount = (open: number) => counts.push(open);
  const channels = new ServedChannels({ wingId, keyPair, handlers: router.handlers, clock, log: silentLog, onCount });
  const issuer = createTokenIssuer({ key: roostKey.signing, now: () => clock.now() });

  async function connect() {
    const [browserEnd, wingEnd] = createMessagePipePair();
    const served = channels.serve(wingEnd);
    const wing = { wingPublicKey: keyPair.publicKey, wingId };
    const channel = await openSealedChannel({ pipe: browserEnd, aead: nobleAead, random, ...wing });
    const tunnel = createTunnelClient(channel);
    const calls = {
      access: createClient(AccessService, tunnel.transport),
      info: createClient(InfoService, tunnel.transport),
      sessions: createClient(SessionService, tunnel.transport),
    };
    return { ...calls, channel, tunnel, served };
  }
  return { channels, clock, counts, issuer, connect };
}

async function ticketFor(
  issuer: TokenIssuer,
  channel: SealedChannel,
  changed: { wingId?: WingId; role?: "member" } = {},
) {
  const subject = { userId, name: "Ada", role: changed.role ?? ("owner" as const) };
  const { channelBinding } = channel;
  return (await issuer.issueChannelTicket({ subject, wingId: changed.wingId ?? wingId, channelBinding })).token;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "admitted",
    (error: unknown) => Code[ConnectError.from(error).code] ?? "?",
  );
}

test("a browser with a ticket is who the ticket says, and then may call", async () => {
  const wing = serve();
  const browser = await wing.connect();
  expect(await codeOf(browser.info.getInfo({}))).toBe("Unauthenticated");
  expect(await codeOf(browser.sessions.list({}))).toBe("Unauthenticated");
  const ticket = await ticketFor(wing.issuer, browser.channel);
  expect(await browser.access.authenticate({ ticket })).toMatchObject({ displayName: "Ada", role: "owner" });
  expect((await browser.info.getInfo({})).label).toBe("my laptop");
  expect((await browser.sessions.list({})).sessions).toEqual([]);
  browser.tunnel.close();
  await browser.served;
  expect(wing.counts).toEqual([1, 0]);
});

test("a streaming call of a stranger is refused before its first message", async () => {
  const wing = serve();
  const browser = await wing.connect();
  async function* silence() {
    await new Promise(() => {});
    yield {};
  }
  const attached = browser.sessions.attach(silence())[Symbol.asyncIterator]();
  expect(await codeOf(attached.next())).toBe("Unauthenticated");
});

test("a member sees the wing and not its sessions", async () => {
  const wing = serve();
  const browser = await wing.connect();
  await browser.access.authenticate({ ticket: await ticketFor(wing.issuer, browser.channel, { role: "member" }) });
  expect(await codeOf(browser.info.getInfo({}))).toBe("admitted");
  expect(await codeOf(browser.sessions.list({}))).toBe("PermissionDenied");
});

test("a ticket for another channel is worthless here, and the channel stays a stranger's", async () => {
  const wing = serve();
  const [browser, other] = [await wing.connect(), await wing.connect()];
  const ticket = await ticketFor(wing.issuer, other.channel);
  expect(await codeOf(browser.access.authenticate({ ticket }))).toBe("Unauthenticated");
  expect(await codeOf(browser.info.getInfo({}))).toBe("Unauthenticated");
  expect(await codeOf(other.access.authenticate({ ticket }))).toBe("admitted");
});

test("a ticket is taken once", async () => {
  const wing = serve();
  const browser = await wing.connect();
  const ticket = await ticketFor(wing.issuer, browser.channel);
  expect(await codeOf(browser.access.authenticate({ ticket }))).toBe("admitted");
  expect(await codeOf(browser.access.authenticate({ ticket }))).toBe("FailedPrecondition");
});

test.each<[string, (wing: ReturnType<typeof serve>, channel: SealedChannel) => Promise<string>]>([
  [
    "an expired ticket",
    async (wing, channel) => {
      const longAgo = createTokenIssuer({ key: roostKey.signing, now: () => wing.clock.now() - 91_000 });
      return ticketFor(longAgo, channel);
    },
  ],
  ["a ticket for another wing", (wing, channel) => ticketFor(wing.issuer, channel, { wingId: newWingId(random) })],
  [
    "a ticket of another roost",
    async (_wing, channel) => ticketFor(createTokenIssuer({ key: (await makeRoostKey()).signing }), channel),
  ],
  ["a token for the relay", async (wing) => (await wing.issuer.issueRelayToken({ userId, groups: [] })).token],
  ["no ticket at all", async () => "hello"],
])("%s is refused", async (_what, ticketOf) => {
  const wing = serve();
  const browser = await wing.connect();
  const ticket = await ticketOf(wing, browser.channel);
  expect(await codeOf(browser.access.authenticate({ ticket }))).toBe("Unauthenticated");
  expect(await codeOf(browser.info.getInfo({}))).toBe("Unauthenticated");
});

test("a channel without a ticket is closed when its time is over, and one with a ticket is not", async () => {
  const wing = serve();
  const [stranger, known] = [await wing.connect(), await wing.connect()];
  await known.access.authenticate({ ticket: await ticketFor(wing.issuer, known.channel) });
  wing.clock.advance(TICKET_WAIT_MS - 1);
  expect(await codeOf(stranger.info.getInfo({}))).toBe("Unauthenticated");
  wing.clock.advance(1);
  await stranger.served;
  expect(await codeOf(stranger.info.getInfo({}))).toBe("Unavailable");
  expect(await codeOf(known.info.getInfo({}))).toBe("admitted");
  expect(wing.channels.open).toBe(1);
});

test("the last channel that fits is served, one more is refused, and one that ends makes room", async () => {
  const wing = serve();
  const pipes = Array.from({ length: MAX_CHANNELS }, () => createMessagePipePair());
  const served = pipes.map(([, wingEnd]) => wing.channels.serve(wingEnd));
  expect(wing.channels.open).toBe(MAX_CHANNELS);
  const [refusedEnd, refused] = createMessagePipePair();
  const closed = new Promise<PipeCloseReason>((resolve) => refusedEnd.onClose(resolve));
  await wing.channels.serve(refused);
  expect((await closed).text).toBe("the wing serves too many channels");
  pipes[0]![0].close();
  await served[0];
  expect(await codeOf((await wing.connect()).info.getInfo({}))).toBe("Unauthenticated");
  wing.channels.closeAll("over");
  await Promise.all(served);
  expect(wing.channels.open).toBe(0);
});
