import { afterEach, describe, expect, test } from "vitest";
import type { AeadFactory } from "./aead.ts";
import { ChannelClosedError, PlaintextTooLongError, RecordRejectedError } from "./channel-errors.ts";
import { createMessagePipePair } from "./memory-pipe.ts";
import type { MessagePipe } from "./message-pipe.ts";
import { nobleAead } from "./noble-aead.ts";
import { MAX_PLAINTEXT_BYTES } from "./record-cipher.ts";
import type { SealedChannel } from "./sealed-channel.ts";
import { ChannelEar, createChannelPair } from "./testing/channel-pair.ts";
import { nodeAead } from "./testing/node-aead.ts";
import { toHex } from "./testing/public-vectors.ts";
import { TappedPipe } from "./testing/tapped-pipe.ts";
import { webCryptoAead } from "./webcrypto-aead.ts";

const CIPHERS: readonly (readonly [string, AeadFactory, AeadFactory])[] = [
  ["Node to Node", nodeAead, nodeAead],
  ["WebCrypto to Node, as a browser and a wing", webCryptoAead, nodeAead],
  ["noble to WebCrypto", nobleAead, webCryptoAead],
];

const open: SealedChannel[] = [];
afterEach(() => {
  for (const channel of open.splice(0)) channel.close();
});

async function pairOf(options?: Parameters<typeof createChannelPair>[0]): Promise<[SealedChannel, SealedChannel]> {
  const pair = await createChannelPair(options);
  open.push(...pair);
  return pair;
}

describe.each(CIPHERS)("a channel, %s", (_name, browserAead, wingAead) => {
  test("carries whole messages in order, both ways at once, over changes of the key", async () => {
    const [browser, wing] = await pairOf({ browserAead, wingAead, rekeyLimits: { records: 7, bytes: 2 ** 30 } });
    const ears = [new ChannelEar(browser), new ChannelEar(wing)] as const;
    const messages = Array.from({ length: 50 }, (_, index) => new Uint8Array(index * 13).fill(index));
    for (const message of messages) {
      browser.send(message);
      wing.send(message);
    }
    await Promise.all(ears.map((ear) => ear.hears(messages.length)));
    expect(ears[0].heard.map(toHex)).toEqual(messages.map(toHex));
    expect(ears[1].heard.map(toHex)).toEqual(messages.map(toHex));
  });

  test("delivers what was sent before a close, then the close at both ends", async () => {
    const [browser, wing] = await pairOf({ browserAead, wingAead });
    const [near, far] = [new ChannelEar(browser), new ChannelEar(wing)];
    for (let index = 0; index < 5; index += 1) browser.send(Uint8Array.of(index));
    browser.close("bye");
    expect(await far.closed).toEqual({ kind: "closed", text: "bye" });
    expect(await near.closed).toEqual({ kind: "closed", text: "bye" });
    expect(far.heard.map((message) => message[0])).toEqual([0, 1, 2, 3, 4]);
    expect(() => browser.send(Uint8Array.of(1))).toThrow(ChannelClosedError);
    expect(() => wing.send(Uint8Array.of(1))).toThrow(ChannelClosedError);
  });
});

test("both ends agree on handshake hash and channel binding, and no two channels share them", async () => {
  const [first, second] = [await pairOf({ seed: "one" }), await pairOf({ seed: "two" })];
  expect(first[0].handshakeHash).toEqual(first[1].handshakeHash);
  expect(first[0].channelBinding).toEqual(first[1].channelBinding);
  expect(first[0].handshakeHash).toHaveLength(32);
  expect(first[0].channelBinding).toHaveLength(32);
  expect(first[0].handshakeHash).not.toEqual(second[0].handshakeHash);
  expect(first[0].channelBinding).not.toEqual(second[0].channelBinding);
});

test("nothing that was sent is on the wire in clear, nor its length hidden", async () => {
  const pipe = new TappedPipe();
  const [browser, wing] = await pairOf({ browserPipe: pipe.browser, wingPipe: pipe.wing });
  const ear = new ChannelEar(wing);
  const secret = Buffer.from("correct horse battery staple");
  browser.send(secret);
  await ear.hears(1);
  const seen = Buffer.concat(pipe.seen["to-wing"]);
  expect(seen.includes(secret)).toBe(false);
  expect(pipe.seen["to-wing"].at(-1)).toHaveLength(secret.length + 16);
});

test.each([
  [MAX_PLAINTEXT_BYTES - 1, true],
  [MAX_PLAINTEXT_BYTES, true],
  [MAX_PLAINTEXT_BYTES + 1, false],
])("a plaintext of %i bytes fits into one record: %s", async (length, fits) => {
  const [browser, wing] = await pairOf();
  const ear = new ChannelEar(wing);
  if (!fits) {
    expect(() => browser.send(new Uint8Array(length))).toThrow(PlaintextTooLongError);
    return;
  }
  browser.send(new Uint8Array(length));
  await ear.hears(1);
  expect(ear.heard[0]).toHaveLength(length);
});

function pipeMethods(pipe: MessagePipe): Pick<MessagePipe, "onMessage" | "onClose" | "close" | "drained"> {
  return {
    onMessage: (handler) => pipe.onMessage(handler),
    onClose: (handler) => pipe.onClose(handler),
    close: (reason) => pipe.close(reason),
    drained: () => pipe.drained(),
  };
}

test("with a cipher that answers at once, a record leaves within the call of send", async () => {
  const [near, far] = createMessagePipePair();
  const sent: number[] = [];
  const spy: MessagePipe = {
    ...pipeMethods(near),
    bufferedBytes: 0,
    send(message) {
      sent.push(message.length);
      near.send(message);
    },
  };
  const [browser] = await pairOf({ browserPipe: spy, wingPipe: far });
  sent.length = 0;
  browser.send(new Uint8Array(5));
  expect(sent).toEqual([21]);
});

/** A pipe that tells its end later than it stops taking messages, as one over a socket may. */
function tellsItsEndLate(pipe: MessagePipe) {
  const told = Promise.withResolvers<void>();
  const late: MessagePipe = {
    ...pipeMethods(pipe),
    bufferedBytes: 0,
    send: (message) => pipe.send(message),
    onClose: (handler) => pipe.onClose((reason) => void told.promise.then(() => handler(reason))),
  };
  return { late, tell: told.resolve };
}

test.each([
  ["at once", nodeAead],
  ["later", webCryptoAead],
])("a record sealed %s for a pipe that has ended is dropped, and the end is told", async (_when, aead) => {
  const [near, far] = createMessagePipePair();
  const { late, tell } = tellsItsEndLate(near);
  const [browser] = await pairOf({ browserPipe: late, wingPipe: far, browserAead: aead });
  const unhandled: unknown[] = [];
  const note = (cause: unknown) => unhandled.push(cause);
  process.on("unhandledRejection", note);
  try {
    near.close("cut");
    browser.send(Uint8Array.of(1));
    await browser.drained();
    // Unhandled rejections are told between turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
  tell();
  expect(await new ChannelEar(browser).closed).toEqual({ kind: "closed", text: "cut" });
});

test("bytes count as buffered while they are being sealed, and drained waits for them", async () => {
  const [browser, wing] = await pairOf({ browserAead: webCryptoAead });
  const ear = new ChannelEar(wing);
  for (let index = 0; index < 10; index += 1) browser.send(new Uint8Array(1000));
  expect(browser.bufferedBytes).toBe(10_000);
  await browser.drained();
  await ear.hears(10);
  expect(browser.bufferedBytes).toBe(0);
});

test.each([
  [63, undefined],
  [64, undefined],
  [65, "overrun"],
])("%i messages that nobody reads end a channel that holds 64: %s", async (count, kind) => {
  const [browser, wing] = await pairOf();
  for (let index = 0; index < count; index += 1) browser.send(Uint8Array.of(index));
  await browser.drained();
  await Promise.resolve();
  const ear = new ChannelEar(wing);
  if (kind === undefined) {
    await ear.hears(count);
    return;
  }
  const reason = await ear.closed;
  expect(reason).toMatchObject({ kind: "failed", error: { name: "RecordRejectedError", kind } });
});

test("a failure that this end found is its reason, and the other end learns only its name", async () => {
  const [browser, wing] = await pairOf();
  const [near, far] = [new ChannelEar(browser), new ChannelEar(wing)];
  const error = new RecordRejectedError("unauthentic", "with a private detail");
  browser.fail(error);
  expect(await near.closed).toEqual({ kind: "failed", text: "with a private detail", error });
  expect(await far.closed).toEqual({ kind: "closed", text: "the other end found: RecordRejectedError" });
});

test("a pipe that ends while records are being sealed takes them with it, quietly", async () => {
  const [browserPipe, wingPipe] = createMessagePipePair();
  const [browser, wing] = await pairOf({ browserPipe, wingPipe, browserAead: webCryptoAead });
  const [near, far] = [new ChannelEar(browser), new ChannelEar(wing)];
  browser.send(Uint8Array.of(1));
  browser.close("done");
  browserPipe.close("the link was closed");
  expect(await near.closed).toEqual({ kind: "closed", text: "done" });
  expect(await far.closed).toEqual({ kind: "closed", text: "the link was closed" });
  await browser.drained();
  expect(browser.bufferedBytes).toBe(0);
});
