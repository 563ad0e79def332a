import { expect, test } from "vitest";
import { HandshakeFailedError, WrongWingKeyError } from "./channel-errors.ts";
import { MAX_ABILITIES, MAX_ABILITY_LENGTH, MAX_HANDSHAKE_BYTES, prologueFor } from "./handshake.ts";
import { fingerprintWords, generateKeyPair, InvalidKeyLengthError } from "./key-pair.ts";
import { createMessagePipePair } from "./memory-pipe.ts";
import type { MessagePipe } from "./message-pipe.ts";
import { NOISE_NK_HFS } from "./noise/handshake-protocol.ts";
import { HandshakeState } from "./noise/handshake-state.ts";
import { acceptSealedChannel, HANDSHAKE_TIMEOUT_MS, openSealedChannel } from "./sealed-channel.ts";
import { TEST_WING_ID, TEST_WING_KEY } from "./testing/channel-pair.ts";
import { fixedRandom } from "./testing/fixed-random.ts";
import { ManualTimers } from "./testing/manual-timer.ts";
import { nodeAead } from "./testing/node-aead.ts";

const shared = { wingId: TEST_WING_ID, aead: nodeAead };

function openOn(pipe: MessagePipe, extra: Partial<Parameters<typeof openSealedChannel>[0]> = {}) {
  return openSealedChannel({ ...shared, pipe, wingPublicKey: TEST_WING_KEY.publicKey, ...extra });
}

function acceptOn(pipe: MessagePipe, extra: Partial<Parameters<typeof acceptSealedChannel>[0]> = {}) {
  return acceptSealedChannel({ ...shared, pipe, keyPair: TEST_WING_KEY, ...extra });
}

/** Both outcomes, an error where there is one. */
async function outcomes(...attempts: Promise<unknown>[]): Promise<unknown[]> {
  return Promise.all(attempts.map((attempt) => attempt.catch((error: unknown) => error)));
}

test("a wing with another key ends in both fingerprints at the browser", async () => {
  const [near, far] = createMessagePipePair();
  const renewed = generateKeyPair(fixedRandom("renewed"));
  const [browser, wing] = await outcomes(openOn(near), acceptOn(far, { keyPair: renewed }));
  expect(browser).toBeInstanceOf(WrongWingKeyError);
  expect(browser).toMatchObject({ wanted: TEST_WING_KEY.publicKey, claimed: renewed.publicKey });
  expect((browser as Error).message).toContain(fingerprintWords(renewed.publicKey));
  expect((browser as Error).message).toContain(fingerprintWords(TEST_WING_KEY.publicKey));
  expect(wing).toMatchObject({ name: "HandshakeFailedError", kind: "unauthentic" });
});

test("a channel that was led to another wing with the same key fails at both ends", async () => {
  const [near, far] = createMessagePipePair();
  const found = await outcomes(openOn(near), acceptOn(far, { wingId: "wbbbbbbbbbbbbbbbbbbbb" }));
  expect(found).toMatchObject([
    { name: "HandshakeFailedError", kind: "unauthentic" },
    { name: "HandshakeFailedError", kind: "unauthentic" },
  ]);
});

test("each end learns the abilities of the other", async () => {
  const [near, far] = createMessagePipePair();
  const [browser, wing] = await Promise.all([
    openOn(near, { abilities: ["files"] }),
    acceptOn(far, { abilities: ["files", "audit"] }),
  ]);
  expect(browser.peerAbilities).toEqual(["files", "audit"]);
  expect(wing.peerAbilities).toEqual(["files"]);
  browser.close();
});

test.each([
  ["count", MAX_ABILITIES - 1, 1, true],
  ["count", MAX_ABILITIES, 1, true],
  ["count", MAX_ABILITIES + 1, 1, false],
  ["length", 1, MAX_ABILITY_LENGTH - 1, true],
  ["length", 1, MAX_ABILITY_LENGTH, true],
  ["length", 1, MAX_ABILITY_LENGTH + 1, false],
])("a hello with the %s of %i abilities of %i characters is taken: %s", async (_what, count, length, fits) => {
  const [near, far] = createMessagePipePair();
  const abilities = Array.from({ length: count }, () => "x".repeat(length));
  const [browser, wing] = await outcomes(openOn(near, { abilities }), acceptOn(far));
  if (fits) expect(wing).toMatchObject({ peerAbilities: abilities });
  else expect(wing).toMatchObject({ name: "HandshakeFailedError", kind: "malformed" });
  if (!fits) expect(browser).toMatchObject({ name: "HandshakeFailedError", kind: "closed" });
  near.close();
});

test.each([
  [MAX_HANDSHAKE_BYTES - 1, "unauthentic"],
  [MAX_HANDSHAKE_BYTES, "unauthentic"],
  [MAX_HANDSHAKE_BYTES + 1, "malformed"],
  [31, "malformed"],
  [0, "malformed"],
])("a first message of %i random bytes is %s", async (length, kind) => {
  const [near, far] = createMessagePipePair();
  near.send(fixedRandom("noise")(new Uint8Array(length)));
  expect(await outcomes(acceptOn(far))).toMatchObject([{ name: "HandshakeFailedError", kind }]);
});

test("a key of low order is malformed, at both ends", async () => {
  const [near, far] = createMessagePipePair();
  const accepted = acceptOn(far);
  near.send(new Uint8Array(1300));
  expect(await outcomes(accepted)).toMatchObject([{ kind: "malformed", cause: { name: "InvalidKeyError" } }]);
  const [browser, relay] = createMessagePipePair();
  const opened = openOn(browser);
  relay.send(new Uint8Array(1300));
  expect(await outcomes(opened)).toMatchObject([{ kind: "malformed", cause: { name: "InvalidKeyError" } }]);
});

test("who does not answer in time is given up, and the pipe is closed", async () => {
  const timers = new ManualTimers();
  const [near, far] = createMessagePipePair();
  const opened = openOn(near, { startTimer: timers.start });
  const ended = new Promise((resolve) => far.onClose(resolve));
  expect(timers.running).toEqual([HANDSHAKE_TIMEOUT_MS]);
  timers.fire();
  expect(await outcomes(opened)).toMatchObject([{ name: "HandshakeFailedError", kind: "timeout" }]);
  expect(await ended).toEqual({ kind: "closed", text: "the handshake failed: HandshakeFailedError" });
});

test("a finished handshake leaves no timer and no listener behind", async () => {
  const timers = new ManualTimers();
  const controller = new AbortController();
  const [near, far] = createMessagePipePair();
  const [browser] = await Promise.all([
    openOn(near, { startTimer: timers.start, signal: controller.signal }),
    acceptOn(far, { startTimer: timers.start }),
  ]);
  expect(timers.running).toEqual([]);
  controller.abort();
  browser.send(Uint8Array.of(1));
  browser.close();
});

test.each(["before", "during"])("a signal that is aborted %s the handshake ends it", async (when) => {
  const controller = new AbortController();
  const [near] = createMessagePipePair();
  if (when === "before") controller.abort(new Error("left the page"));
  const opened = openOn(near, { signal: controller.signal });
  controller.abort(new Error("left the page"));
  const [error] = await outcomes(opened);
  expect(error).toMatchObject({ kind: "aborted", cause: { message: "left the page" } });
});

test("a pipe that ends first ends the handshake, with its reason", async () => {
  const [near, far] = createMessagePipePair();
  const opened = openOn(near);
  far.close("the wing is restarting");
  const [error] = await outcomes(opened);
  expect(error).toMatchObject({ kind: "closed" });
  expect((error as Error).message).toContain("the wing is restarting");
});

test.each([31, 33])("a pin of %i bytes is no key", async (length) => {
  const [near] = createMessagePipePair();
  const opened = openSealedChannel({ ...shared, pipe: near, wingPublicKey: new Uint8Array(length) });
  await expect(opened).rejects.toThrow(InvalidKeyLengthError);
});

/** A Noise state that speaks for one end and says what the test wants in its hello. */
function bareState(role: "initiator" | "responder"): HandshakeState {
  return new HandshakeState(role, {
    protocol: NOISE_NK_HFS,
    prologue: prologueFor(TEST_WING_ID),
    aead: nodeAead,
    random: fixedRandom(`bare ${role}`),
    responderStatic: TEST_WING_KEY,
  });
}

const VERSION_FIELD = 0x08;

test.each([
  [0, "version"],
  [1, undefined],
  [2, undefined],
])("a browser whose highest version is %i is refused: %s", async (version, kind) => {
  const [near, far] = createMessagePipePair();
  near.send(await bareState("initiator").writeMessage(Uint8Array.of(VERSION_FIELD, version)));
  const [outcome] = await outcomes(acceptOn(far));
  expect(outcome instanceof HandshakeFailedError ? outcome.kind : undefined).toBe(kind);
  near.close();
});

test.each([
  [0, "version"],
  [1, undefined],
  [2, "version"],
])("a wing that answers with version %i is refused: %s", async (version, kind) => {
  const [near, far] = createMessagePipePair();
  const wing = bareState("responder");
  const opened = openOn(near);
  const opening = await new Promise<Uint8Array>((resolve) => far.onMessage(resolve));
  await wing.readMessage(opening);
  far.send(await wing.writeMessage(Uint8Array.of(VERSION_FIELD, version)));
  const [outcome] = await outcomes(opened);
  expect(outcome instanceof HandshakeFailedError ? outcome.kind : undefined).toBe(kind);
  near.close();
});

test("a hello that does not parse is malformed", async () => {
  const [near, far] = createMessagePipePair();
  near.send(await bareState("initiator").writeMessage(Uint8Array.of(0xff, 0xff)));
  expect(await outcomes(acceptOn(far))).toMatchObject([{ name: "HandshakeFailedError", kind: "malformed" }]);
});
