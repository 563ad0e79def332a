import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createMessagePipePair } from "./memory-pipe.ts";
import { CipherState } from "./noise/cipher-state.ts";
import { RecordChannel } from "./record-channel.ts";
import { RecordCipher } from "./record-cipher.ts";
import { acceptSealedChannel, openSealedChannel, type SealedChannel } from "./sealed-channel.ts";
import { ChannelEar, TEST_WING_ID, TEST_WING_KEY } from "./testing/channel-pair.ts";
import { fixedRandom } from "./testing/fixed-random.ts";
import { nodeAead } from "./testing/node-aead.ts";
import { toHex } from "./testing/public-vectors.ts";
import { TappedPipe } from "./testing/tapped-pipe.ts";

const shared = { wingId: TEST_WING_ID, aead: nodeAead };
const REKEY = { records: 4, bytes: 2 ** 30 };
const OUT_KEY = fixedRandom("out")(new Uint8Array(32));
const IN_KEY = fixedRandom("in")(new Uint8Array(32));
const PLAINTEXTS = Array.from({ length: 10 }, (_, index) => new Uint8Array(index * 7).fill(index + 1));

let opening: Uint8Array;
let answer: Uint8Array;

beforeAll(async () => {
  const pipe = new TappedPipe();
  await Promise.all([openFixed(pipe.browser), acceptFixed(pipe.wing)]);
  [opening, answer] = [pipe.seen["to-wing"][0]!, pipe.seen["to-browser"][0]!];
});

function openFixed(pipe: TappedPipe["browser"]): Promise<SealedChannel> {
  return openSealedChannel({
    ...shared,
    pipe,
    wingPublicKey: TEST_WING_KEY.publicKey,
    random: fixedRandom("tampering"),
  });
}

function acceptFixed(pipe: TappedPipe["wing"]): Promise<SealedChannel> {
  return acceptSealedChannel({ ...shared, pipe, keyPair: TEST_WING_KEY, random: fixedRandom("tampered") });
}

function flipped(message: Uint8Array, position: number, mask = 1 << (position % 8)): Uint8Array {
  const copy = message.slice();
  copy[position]! ^= mask;
  return copy;
}

test("the recorded handshake itself is accepted by both ends", async () => {
  const [[near, far], [browser, relay]] = [createMessagePipePair(), createMessagePipePair()];
  near.send(opening);
  const opened = openFixed(browser);
  relay.send(answer);
  const channels = await Promise.all([acceptFixed(far), opened]);
  expect(channels.map((channel) => channel.handshakeHash)).toEqual([
    channels[0].handshakeHash,
    channels[0].handshakeHash,
  ]);
});

test("the wing refuses a first message with a flip at any byte", async () => {
  for (let position = 0; position < opening.length; position += 1) {
    const [near, far] = createMessagePipePair();
    near.send(flipped(opening, position));
    const outcome = await acceptFixed(far).catch((error: unknown) => error);
    expect(outcome, `byte ${position}`).toMatchObject({ name: "HandshakeFailedError", kind: "unauthentic" });
  }
}, 60_000);

test("the browser refuses an answer with a flip at any byte", async () => {
  for (let position = 0; position < answer.length; position += 1) {
    const [browser, relay] = createMessagePipePair();
    const opened = openFixed(browser);
    relay.send(flipped(answer, position));
    const outcome = await opened.catch((error: unknown) => error);
    expect(outcome, `byte ${position}`).toMatchObject({ name: "WrongWingKeyError", claimed: undefined });
  }
}, 60_000);

test("both ends refuse a handshake message that was cut anywhere or made longer", async () => {
  const cuts = fc.oneof(fc.integer({ min: 0, max: 1100 }), fc.constantFrom(31, 32, 33, 1151, 1152, 1153));
  await fc.assert(
    fc.asyncProperty(cuts, fc.boolean(), async (length, longer) => {
      const change = (m: Uint8Array) =>
        longer ? Buffer.concat([m, new Uint8Array(length + 1)]) : m.subarray(0, length);
      const [[near, far], [browser, relay]] = [createMessagePipePair(), createMessagePipePair()];
      near.send(change(opening));
      const opened = openFixed(browser);
      relay.send(change(answer));
      const found = await Promise.all([acceptFixed(far), opened].map((end) => end.catch((error: unknown) => error)));
      for (const error of found) expect((error as Error).name).toMatch(/^(HandshakeFailedError|WrongWingKeyError)$/);
    }),
    { numRuns: 60 },
  );
}, 60_000);

/** Sealed once with the sender's ciphers; every reader starts anew from the keys. */
function recordedStream(key: Uint8Array): Uint8Array[] {
  const sender = new RecordCipher(new CipherState(key, nodeAead), REKEY);
  return PLAINTEXTS.map((plaintext) => sender.seal(plaintext) as Uint8Array);
}

/** What a reader of the stream hears, and how it ends. */
async function read(records: readonly Uint8Array[]): Promise<{ heard: string[]; end: unknown }> {
  const [pipe] = createMessagePipePair();
  const channel = new RecordChannel({
    pipe,
    outbound: new RecordCipher(new CipherState(OUT_KEY, nodeAead), REKEY),
    inbound: new RecordCipher(new CipherState(IN_KEY, nodeAead), REKEY),
    handshakeHash: new Uint8Array(32),
    channelBinding: new Uint8Array(32),
    peerAbilities: [],
  });
  const ear = new ChannelEar(channel);
  for (const record of records) channel.receive(record);
  channel.close("end of the recording");
  return { heard: ear.heard.map(toHex), end: await ear.closed };
}

const caught = { kind: "failed", error: { name: "RecordRejectedError" } };

test("the recorded stream itself is read whole, over two changes of the key", async () => {
  expect(await read(recordedStream(IN_KEY))).toMatchObject({ heard: PLAINTEXTS.map(toHex), end: { kind: "closed" } });
});

test("a flip at any byte of the stream ends it there", async () => {
  const stream = recordedStream(IN_KEY);
  for (const [index, record] of stream.entries()) {
    for (let position = 0; position < record.length; position += 1) {
      const { heard, end } = await read(stream.with(index, flipped(record, position)));
      expect(heard, `record ${index}, byte ${position}`).toEqual(PLAINTEXTS.slice(0, index).map(toHex));
      expect(end).toMatchObject(caught);
    }
  }
});

const position = fc.nat(PLAINTEXTS.length - 1);
const tampering = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: position }),
  fc.record({ kind: fc.constant("swap" as const), at: position, with: position }),
  fc.record({ kind: fc.constant("duplicate" as const), at: position, to: position }),
  fc.record({ kind: fc.constant("reflect" as const), at: position, from: position }),
  fc.record({ kind: fc.constant("shorten" as const), at: position, by: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constant("garbage" as const), at: position, bytes: fc.uint8Array({ maxLength: 200 }) }),
);

function tamper(stream: readonly Uint8Array[], change: typeof tampering extends fc.Arbitrary<infer T> ? T : never) {
  const { at } = change;
  switch (change.kind) {
    case "cut":
      return stream.toSpliced(at, 1);
    case "swap":
      return stream.with(at, stream[change.with]!).with(change.with, stream[at]!);
    case "duplicate":
      return stream.toSpliced(change.to, 0, stream[at]!);
    case "reflect":
      return stream.toSpliced(at, 0, recordedStream(OUT_KEY)[change.from]!);
    case "shorten":
      return stream.with(at, stream[at]!.subarray(0, Math.max(0, stream[at]!.length - change.by)));
    case "garbage":
      return stream.with(at, change.bytes);
  }
}

test("whatever is cut, moved, repeated, reflected or invented, a reader hears a true beginning and then a named error", async () => {
  const stream = recordedStream(IN_KEY);
  const original = stream.map(toHex);
  await fc.assert(
    fc.asyncProperty(fc.array(tampering, { minLength: 1, maxLength: 4 }), async (changes) => {
      const changed = changes.reduce<readonly Uint8Array[]>((records, change) => {
        return records.length === PLAINTEXTS.length ? tamper(records, change) : records;
      }, stream);
      const intact = changed.findIndex((record, index) => toHex(record) !== original[index]);
      const untouched = intact === -1 ? changed.length : intact;
      const { heard, end } = await read(changed);
      expect(heard).toEqual(PLAINTEXTS.slice(0, untouched).map(toHex));
      if (untouched < changed.length) expect(end).toMatchObject(caught);
    }),
    { numRuns: 500 },
  );
});

test("random bytes in place of records only ever end in a named error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), async (records) => {
      expect(await read(records)).toMatchObject({ heard: [], end: caught });
    }),
    { numRuns: 500 },
  );
});

test("random bytes in place of a handshake only ever end in a named error, at either end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2500, size: "max" }), async (bytes) => {
      const [[near, far], [browser, relay]] = [createMessagePipePair(), createMessagePipePair()];
      near.send(bytes);
      const opened = openFixed(browser);
      relay.send(bytes);
      const found = await Promise.all([acceptFixed(far), opened].map((end) => end.catch((error: unknown) => error)));
      for (const error of found) expect((error as Error).name).toMatch(/^(HandshakeFailedError|WrongWingKeyError)$/);
    }),
    { numRuns: 60 },
  );
}, 60_000);
