import { expect, test } from "vitest";
import type { Aead } from "./aead.ts";
import { createMessagePipePair } from "./memory-pipe.ts";
import { CipherState } from "./noise/cipher-state.ts";
import { MAX_OPENING_BYTES, RecordChannel } from "./record-channel.ts";
import { MAX_RECORD_BYTES, REKEY_LIMITS, RecordCipher, type RekeyLimits } from "./record-cipher.ts";
import { ChannelEar } from "./testing/channel-pair.ts";
import { nodeAead } from "./testing/node-aead.ts";
import { toHex } from "./testing/public-vectors.ts";

const KEY = new Uint8Array(32).fill(7);

/** Counts the keys that were made. */
function countingCipher(limits: RekeyLimits): { cipher: RecordCipher; keys: string[] } {
  const keys: string[] = [];
  const factory = (key: Uint8Array) => {
    keys.push(toHex(key));
    return nodeAead(key);
  };
  return { cipher: new RecordCipher(new CipherState(KEY, factory), limits), keys };
}

test("the limits are the specification's suggestion of the channel page", () => {
  expect(REKEY_LIMITS).toEqual({ records: 1_048_576, bytes: 1_073_741_824 });
});

test.each([
  [2, 1],
  [3, 1],
  [4, 2],
  [6, 2],
  [7, 3],
])("after %i records of at most three a key, %i keys were used", (count, keys) => {
  const counted = countingCipher({ records: 3, bytes: 2 ** 30 });
  for (let index = 0; index < count; index += 1) counted.cipher.seal(new Uint8Array(1));
  expect(counted.keys).toHaveLength(keys);
});

test.each([
  [99, 1],
  [100, 2],
  [101, 2],
])("a record of %i bytes, of a hundred a key, leaves the next one with key %i", (bytes, keys) => {
  const counted = countingCipher({ records: 1000, bytes: 100 });
  counted.cipher.seal(new Uint8Array(bytes - 16));
  counted.cipher.seal(new Uint8Array(0));
  expect(counted.keys).toHaveLength(keys);
});

test("the next key is Noise's REKEY of the one before, and the counter goes on", () => {
  const counted = countingCipher({ records: 1, bytes: 2 ** 30 });
  counted.cipher.seal(new Uint8Array(0));
  const sealed = counted.cipher.seal(Uint8Array.of(5));
  const zeros = new Uint8Array(32);
  const lastNonce = Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255);
  const next = (nodeAead(KEY).seal(lastNonce, new Uint8Array(0), zeros) as Uint8Array).subarray(0, 32);
  expect(counted.keys[1]).toBe(toHex(next));
  const secondNonce = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  expect(sealed).toEqual(nodeAead(next).seal(secondNonce, new Uint8Array(0), Uint8Array.of(5)));
});

function channelWith(aead: Aead): RecordChannel {
  const [pipe] = createMessagePipePair();
  const cipher = () => new RecordCipher(new CipherState(KEY, () => aead));
  return new RecordChannel({
    pipe,
    outbound: cipher(),
    inbound: cipher(),
    handshakeHash: new Uint8Array(32),
    channelBinding: new Uint8Array(32),
    peerAbilities: [],
  });
}

const stalled: Aead = { seal: () => new Promise(() => {}), open: () => new Promise(() => {}) };

test.each([
  [15, { kind: "failed", error: { kind: "too-short" } }],
  [16, { kind: "closed" }],
  [17, { kind: "closed" }],
  [MAX_RECORD_BYTES - 1, { kind: "closed" }],
  [MAX_RECORD_BYTES, { kind: "closed" }],
  [MAX_RECORD_BYTES + 1, { kind: "failed", error: { kind: "too-long" } }],
])("a record of %i bytes is measured before it is opened", async (length, reason) => {
  const channel = channelWith(stalled);
  const ear = new ChannelEar(channel);
  channel.receive(new Uint8Array(length));
  channel.close();
  expect(await ear.closed).toMatchObject(reason);
});

test.each([
  [-1, { kind: "closed" }],
  [0, { kind: "closed" }],
  [1, { kind: "failed", error: { kind: "overrun" } }],
])("records that wait to be opened may have 4 MiB and %i bytes", async (beyond, reason) => {
  const channel = channelWith(stalled);
  const ear = new ChannelEar(channel);
  const whole = Math.floor(MAX_OPENING_BYTES / MAX_RECORD_BYTES);
  for (let index = 0; index < whole; index += 1) channel.receive(new Uint8Array(MAX_RECORD_BYTES));
  channel.receive(new Uint8Array(32));
  channel.receive(new Uint8Array(MAX_OPENING_BYTES - whole * MAX_RECORD_BYTES - 32 + beyond));
  channel.close();
  expect(await ear.closed).toMatchObject(reason);
});

test("a cipher that fails to seal ends the channel with its error", async () => {
  const broken = new Error("no entropy");
  const channel = channelWith({ seal: () => Promise.reject(broken), open: () => Promise.reject(broken) });
  const ear = new ChannelEar(channel);
  channel.send(Uint8Array.of(1));
  expect(await ear.closed).toEqual({ kind: "failed", text: "no entropy", error: broken });
});
