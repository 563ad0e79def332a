import { expect, test } from "vitest";
import { ChannelClosedError } from "./channel-errors.ts";
import { generateKeyPair } from "./key-pair.ts";
import { createMessagePipePair } from "./memory-pipe.ts";
import { NOISE_NK } from "./noise/handshake-protocol.ts";
import { HandshakeState } from "./noise/handshake-state.ts";
import {
  acceptSealedChannel,
  type ChannelCloseReason,
  openSealedChannel,
  type SealedChannel,
} from "./sealed-channel.ts";
import { ChannelEar, createChannelPair, TEST_WING_ID, TEST_WING_KEY } from "./testing/channel-pair.ts";
import { fixedRandom } from "./testing/fixed-random.ts";
import { nodeAead } from "./testing/node-aead.ts";
import { type Meddler, TappedPipe } from "./testing/tapped-pipe.ts";

const shared = { wingId: TEST_WING_ID, aead: nodeAead };
const RELAY_KEY = generateKeyPair(fixedRandom("relay"));
const NO_PROLOGUE = new Uint8Array(0);

async function handshakeOver(pipe: TappedPipe): Promise<unknown[]> {
  const browser = openSealedChannel({ ...shared, pipe: pipe.browser, wingPublicKey: TEST_WING_KEY.publicKey });
  const wing = acceptSealedChannel({ ...shared, pipe: pipe.wing, keyPair: TEST_WING_KEY });
  return Promise.all([browser, wing].map((end) => end.catch((error: unknown) => error)));
}

/** Meddles with records only: the first message of each direction is the handshake's. */
function afterHandshake(meddle: Meddler): Meddler {
  return (direction, message, index) => (index === 0 ? [message] : meddle(direction, message, index - 1));
}

interface Meeting {
  readonly pipe: TappedPipe;
  readonly browser: SealedChannel;
  readonly wing: SealedChannel;
  readonly atBrowser: ChannelEar;
  readonly atWing: ChannelEar;
}

async function meetOver(meddle: Meddler, seed = "meeting"): Promise<Meeting> {
  const pipe = new TappedPipe(afterHandshake(meddle));
  const [browser, wing] = await createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing, seed });
  return { pipe, browser, wing, atBrowser: new ChannelEar(browser), atWing: new ChannelEar(wing) };
}

function keep(kept: Uint8Array[], message: Uint8Array): Uint8Array[] {
  kept.push(message);
  return [];
}

/** One end found the fraud; the other is closed, and says so to whoever still sends. */
function expectCaught(finder: ChannelCloseReason, other: ChannelCloseReason, otherChannel: SealedChannel): void {
  expect(finder).toMatchObject({ kind: "failed", error: { name: "RecordRejectedError", kind: "unauthentic" } });
  expect(other).toEqual({ kind: "closed", text: "the other end found: RecordRejectedError" });
  expect(() => otherChannel.send(Uint8Array.of(1))).toThrow(ChannelClosedError);
}

test("a relay that answers with a key of its own is found out", async () => {
  const [near, far] = createMessagePipePair();
  const found = await Promise.all([
    openSealedChannel({ ...shared, pipe: near, wingPublicKey: TEST_WING_KEY.publicKey }).catch((e: unknown) => e),
    acceptSealedChannel({ ...shared, pipe: far, keyPair: RELAY_KEY }).catch((e: unknown) => e),
  ]);
  expect(found).toMatchObject([
    { name: "WrongWingKeyError", claimed: RELAY_KEY.publicKey },
    { name: "HandshakeFailedError", kind: "unauthentic" },
  ]);
});

test("a relay in the middle that invents the wing's answer is found out, and the wing only ever met the relay", async () => {
  const answer = fixedRandom("invented")(new Uint8Array(1200));
  const pipe = new TappedPipe((direction, message) => (direction === "to-browser" ? [answer] : [message]));
  const [browser, wing] = await handshakeOver(pipe);
  expect(browser).toMatchObject({ name: "WrongWingKeyError", claimed: undefined });
  const reason = await new Promise<ChannelCloseReason>((resolve) => (wing as SealedChannel).onClose(resolve));
  expect(reason).toEqual({ kind: "closed", text: "the handshake failed: WrongWingKeyError" });
});

test("a relay with one channel to each side has two handshake hashes and two bindings", async () => {
  const [toRelay, relaySide] = createMessagePipePair();
  const [relayOut, toWing] = createMessagePipePair();
  // The browser was talked into pinning the relay's key; the wing serves the relay as it would anybody.
  const [browser, , , wing] = await Promise.all([
    openSealedChannel({ ...shared, pipe: toRelay, wingPublicKey: RELAY_KEY.publicKey }),
    acceptSealedChannel({ ...shared, pipe: relaySide, keyPair: RELAY_KEY }),
    openSealedChannel({ ...shared, pipe: relayOut, wingPublicKey: TEST_WING_KEY.publicKey }),
    acceptSealedChannel({ ...shared, pipe: toWing, keyPair: TEST_WING_KEY }),
  ]);
  expect(browser.handshakeHash).not.toEqual(wing.handshakeHash);
  expect(browser.channelBinding).not.toEqual(wing.channelBinding);
  browser.close();
  wing.close();
});

test("a downgrade to the handshake without the post-quantum secret fails at the wing", async () => {
  const plain = new HandshakeState("initiator", {
    protocol: NOISE_NK,
    prologue: NO_PROLOGUE,
    aead: nodeAead,
    random: fixedRandom("plain"),
    responderStatic: { publicKey: TEST_WING_KEY.publicKey },
  });
  const opening = await plain.writeMessage(Uint8Array.of(8, 1));
  const found = await handshakeOver(new TappedPipe((direction, m) => (direction === "to-wing" ? [opening] : [m])));
  expect(found).toMatchObject([
    { name: "HandshakeFailedError", kind: "closed" },
    { name: "HandshakeFailedError", kind: "malformed" },
  ]);
});

test("a downgrade of the wing's answer fails at the browser", async () => {
  const shorten = (message: Uint8Array) => message.subarray(0, 32 + 16 + 2);
  const found = await handshakeOver(new TappedPipe((way, m) => [way === "to-browser" ? shorten(m) : m]));
  expect(found[0]).toMatchObject({ name: "HandshakeFailedError", kind: "malformed" });
});

test("a replayed first message gets an answer that the relay can do nothing with", async () => {
  const earlier = new TappedPipe();
  await handshakeOver(earlier);
  const [near, far] = createMessagePipePair();
  const accepted = acceptSealedChannel({ ...shared, pipe: far, keyPair: TEST_WING_KEY });
  near.send(earlier.seen["to-wing"][0]!);
  const wing = await accepted;
  const ear = new ChannelEar(wing);
  near.send(new Uint8Array(64));
  expect(await ear.closed).toMatchObject({ kind: "failed", error: { name: "RecordRejectedError" } });
});

test("a replayed answer of an earlier handshake is refused", async () => {
  const earlier = new TappedPipe();
  await handshakeOver(earlier);
  const old = earlier.seen["to-browser"][0]!;
  const found = await handshakeOver(new TappedPipe((way, m) => [way === "to-browser" ? old : m]));
  expect(found[0]).toMatchObject({ name: "WrongWingKeyError" });
});

test("records of one channel are refused on another, with the same wing", async () => {
  const first = await meetOver((_way, m) => [m], "first");
  first.browser.send(Buffer.from("rm -rf build"));
  await first.atWing.hears(1);
  const stolen = first.pipe.seen["to-wing"][1]!;
  const second = await meetOver((way, m) => [way === "to-wing" ? stolen : m], "second");
  second.browser.send(Buffer.from("ls"));
  expectCaught(await second.atWing.closed, await second.atBrowser.closed, second.browser);
  expect(second.atWing.heard).toEqual([]);
});

test("a channel fed with its own output is refused", async () => {
  const met = await meetOver((_way, m) => [m]);
  met.browser.send(Buffer.from("echo hi"));
  await met.atWing.hears(1);
  met.pipe.inject("to-browser", met.pipe.seen["to-wing"][1]!);
  expectCaught(await met.atBrowser.closed, await met.atWing.closed, met.wing);
});

test.each<[string, (index: number, m: Uint8Array, kept: Uint8Array[]) => Uint8Array[], number]>([
  ["drops one", (index, m) => (index === 2 ? [] : [m]), 2],
  ["repeats one", (index, m) => (index === 2 ? [m, m] : [m]), 3],
  ["swaps two", (index, m, kept) => (index === 2 ? keep(kept, m) : [m, ...kept.splice(0)]), 2],
  ["cuts one short", (index, m) => [index === 2 ? m.subarray(0, m.length - 1) : m], 2],
  ["adds a byte to one", (index, m) => [index === 2 ? Buffer.concat([m, Buffer.of(0)]) : m], 2],
])("a relay that %s of the records is found out by the next one", async (_name, meddle, heard) => {
  const kept: Uint8Array[] = [];
  const met = await meetOver((way, m, index) => (way === "to-wing" ? meddle(index, m, kept) : [m]));
  for (let index = 0; index < 6; index += 1) met.browser.send(new Uint8Array(20).fill(index));
  expectCaught(await met.atWing.closed, await met.atBrowser.closed, met.browser);
  expect(met.atWing.heard.map((message) => message[0])).toEqual(Array.from({ length: heard }, (_, index) => index));
});
