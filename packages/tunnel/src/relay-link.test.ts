import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { startHostTimer } from "@wingthing/sealed-channel/host";
import { type MessagePipe, PipeClosedError, type PipeCloseReason } from "@wingthing/sealed-channel/message-pipe";
import { describeMessagePipe } from "@wingthing/sealed-channel/testing/message-pipe-suite";
import { describe, expect, test } from "vitest";
import {
  MAX_HELD_MESSAGES,
  MAX_KNOWN_WINGS,
  MAX_PIPE_BACKLOG_BYTES,
  MAX_WAITING_CHANNELS,
  SOCKET_HIGH_WATER_BYTES,
} from "./relay-limits.ts";
import { RelayDouble } from "./testing/relay-double.ts";

const WING = "waaaaaaaaaaaaaaaaaaaa";

async function connected(relay = new RelayDouble()) {
  const [browser, wing] = await Promise.all([relay.connectBrowser(), relay.connectWing()]);
  const pipes: MessagePipe[] = [];
  wing.onChannel((pipe) => pipes.push(pipe));
  return { relay, browser, wing, pipes };
}

async function withChannel(relay = new RelayDouble()) {
  const met = await connected(relay);
  const near = await met.browser.openChannel(WING);
  await Promise.resolve();
  return { ...met, near, far: met.pipes[0]! };
}

function endOf(pipe: MessagePipe): Promise<PipeCloseReason> {
  return new Promise((resolve) => pipe.onClose(resolve));
}

describeMessagePipe("a channel over a relay", async () => {
  const { relay, near, far } = await withChannel(new RelayDouble(startHostTimer));
  return { ends: [near, far], [Symbol.asyncDispose]: async () => relay.cut() };
});

describe("the greeting", () => {
  test("says the token and the version, and the link is named by the welcome", async () => {
    const { relay, browser, wing } = await connected();
    expect(relay.heard.browser[0]).toMatchObject({ case: "hello", value: { token: "browser token", version: 1 } });
    expect(relay.heard.wing[0]).toMatchObject({ case: "hello", value: { token: "wing token", version: 1 } });
    expect([browser.linkId, wing.linkId]).toEqual(["l1", "l1"]);
    expect(relay.timers.running).toEqual([]);
  });

  test("a refused token is told with the relay's reason", async () => {
    const relay = new RelayDouble();
    relay.welcomes = false;
    const connecting = relay.connectBrowser();
    relay.tellBrowser({ case: "close", value: { channelId: 0, reason: CloseReason.UNAUTHENTICATED, text: "" } });
    await expect(connecting).rejects.toMatchObject({
      name: "RelayRefusedError",
      reason: CloseReason.UNAUTHENTICATED,
      message: "the relay did not accept the token: sign in again",
    });
    expect(relay.browserSocket.closed).toBe(true);
  });

  test("a relay that says nothing is given up", async () => {
    const relay = new RelayDouble();
    relay.welcomes = false;
    const connecting = relay.connectBrowser();
    expect(relay.timers.running).toEqual([10_000]);
    relay.timers.fire();
    await expect(connecting).rejects.toMatchObject({ name: "RelayLostError" });
  });

  test.each(["before", "during"])("a signal that is aborted %s it closes the socket", async (when) => {
    const relay = new RelayDouble();
    const controller = new AbortController();
    if (when === "before") controller.abort();
    const connecting = relay.connectBrowser(controller.signal);
    controller.abort();
    await expect(connecting).rejects.toMatchObject({ name: "RelayLostError", message: "connecting was cancelled" });
    expect(relay.browserSocket.closed).toBe(true);
    expect(relay.timers.running).toEqual([]);
  });

  test.each([
    ["another version", { case: "welcome", value: { linkId: "l1", maxChannels: 1, version: 2 } } as const],
    ["something else first", { case: "presenceReady", value: {} } as const],
  ])("%s ends the link", async (_name, kind) => {
    const relay = new RelayDouble();
    relay.welcomes = false;
    const connecting = relay.connectBrowser();
    relay.tellBrowser(kind);
    await expect(connecting).rejects.toMatchObject({ name: "RelayLostError" });
  });
});

describe("channels", () => {
  test("have rising numbers of the browser's choice and name their wing", async () => {
    const { relay, browser } = await connected();
    await browser.openChannel(WING);
    await browser.openChannel(WING);
    expect(relay.heard.browser.slice(1)).toMatchObject([
      { case: "open", value: { channelId: 1, wingId: WING } },
      { case: "open", value: { channelId: 2, wingId: WING } },
    ]);
  });

  test.each([
    [CloseReason.WING_OFFLINE, "the wing is not connected: see `wt status` on its machine"],
    [CloseReason.NOT_ALLOWED, "there is no such wing, or it is not yours to reach"],
  ])("that are refused with reason %i say what to do", async (reason, message) => {
    const { relay, browser } = await connected();
    relay.refusal = reason;
    await expect(browser.openChannel(WING)).rejects.toMatchObject({ name: "RelayRefusedError", reason, message });
  });

  test("that nobody answers are given up, and the relay is told", async () => {
    const { relay, browser } = await connected();
    relay.answersOpen = false;
    const opening = browser.openChannel(WING);
    relay.timers.fire();
    await expect(opening).rejects.toMatchObject({ name: "RelayLostError" });
    await Promise.resolve();
    expect(relay.heard.browser.at(-1)).toMatchObject({ case: "close", value: { channelId: 1 } });
    // An answer that comes after all finds nobody, and does no harm.
    relay.tellBrowser({ case: "opened", value: { channelId: 1 } });
    relay.answersOpen = true;
    await expect(browser.openChannel(WING)).resolves.toBeDefined();
  });

  test("are as many as the relay allows, counted while they open too", async () => {
    const relay = new RelayDouble();
    relay.maxChannels = 3;
    const { browser } = await connected(relay);
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => browser.openChannel(WING)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
    expect(results[3]).toMatchObject({ reason: { reason: CloseReason.TOO_MANY_CHANNELS } });
    const [first] = results;
    if (first?.status === "fulfilled") first.value.close();
    await expect(browser.openChannel(WING)).resolves.toBeDefined();
  });

  test.each([
    [CloseReason.CLOSED_BY_PEER, "closed"],
    [CloseReason.FELL_BEHIND, "lost"],
    [CloseReason.PEER_LOST, "lost"],
    [CloseReason.DRAINING, "lost"],
    [CloseReason.NOT_ALLOWED, "refused"],
    [CloseReason.TOO_MANY_CHANNELS, "refused"],
    [99 as CloseReason, "lost"],
  ])("that end with reason %i are %s", async (reason, kind) => {
    const { relay, near } = await withChannel();
    relay.tellBrowser({ case: "close", value: { channelId: 1, reason, text: "as told" } });
    expect(await endOf(near)).toEqual({ kind, text: "as told" });
    expect(() => near.send(Uint8Array.of(1))).toThrow(PipeClosedError);
  });

  test("that came before the wing set its handler are kept for it", async () => {
    const relay = new RelayDouble();
    const [browser, wing] = await Promise.all([relay.connectBrowser(), relay.connectWing()]);
    const near = await browser.openChannel(WING);
    near.send(Uint8Array.of(5));
    await Promise.resolve();
    await Promise.resolve();
    const pipe = await new Promise<MessagePipe>((resolve) => wing.onChannel(resolve));
    const message = await new Promise<Uint8Array>((resolve) => pipe.onMessage(resolve));
    expect([...message]).toEqual([5]);
  });

  test("data for a channel that has ended here is late, and no harm", async () => {
    const { relay, near, far } = await withChannel();
    near.close();
    far.send(Uint8Array.of(1));
    await Promise.resolve();
    expect(relay.browserSocket.closed).toBe(false);
  });
});

describe("the end of a link", () => {
  test("ends its channels and what is being opened, once", async () => {
    const { relay, browser, wing, near, far } = await withChannel();
    relay.answersOpen = false;
    const opening = browser.openChannel(WING);
    const reasons: unknown[] = [];
    browser.onClose((reason) => reasons.push(reason));
    const ends = Promise.all([endOf(near), endOf(far)]);
    relay.cut();
    relay.cut();
    expect(await ends).toMatchObject([{ kind: "lost" }, { kind: "lost" }]);
    await expect(opening).rejects.toMatchObject({ name: "RelayLostError" });
    await expect(browser.openChannel(WING)).rejects.toMatchObject({ name: "RelayLostError" });
    expect(reasons).toMatchObject([{ text: "the connection to the relay ended (code 1006)" }]);
    expect(await new Promise((resolve) => wing.onClose(resolve))).toMatchObject({ error: { name: "RelayLostError" } });
  });

  test("of this end's own making has no error", async () => {
    const { browser, near } = await withChannel();
    const ended = endOf(near);
    browser.close();
    expect(await ended).toEqual({ kind: "closed", text: "the link was closed" });
    expect(await new Promise((resolve) => browser.onClose(resolve))).toEqual({ text: "closed" });
  });

  test("by the relay has its reason", async () => {
    const { relay, wing } = await connected();
    relay.tellWing({ case: "close", value: { channelId: 0, reason: CloseReason.REPLACED, text: "" } });
    const reason = await new Promise((resolve) => wing.onClose(resolve));
    expect(reason).toMatchObject({ error: { name: "RelayRefusedError", reason: CloseReason.REPLACED } });
  });

  test.each([
    ["bytes that are no frame", Uint8Array.of(0xff, 0xff)],
    ["an empty message", new Uint8Array(0)],
    ["66,561 bytes", new Uint8Array(66_561)],
  ])("follows %s", async (_name, bytes) => {
    const { relay, browser } = await connected();
    relay.sendRawToBrowser(bytes);
    const reason = await new Promise((resolve) => browser.onClose(resolve));
    expect(reason).toMatchObject({ error: { name: "RelayLostError" } });
  });

  test.each([
    ["a second welcome", { case: "welcome", value: { linkId: "l2", maxChannels: 1, version: 1 } } as const],
    ["a frame for wings", { case: "open", value: { channelId: 1 } } as const],
    ["a hello", { case: "hello", value: { token: "x", version: 1 } } as const],
  ])("follows %s at a browser", async (_name, kind) => {
    const { relay, browser } = await connected();
    relay.tellBrowser(kind);
    const reason = await new Promise((resolve) => browser.onClose(resolve));
    expect(reason).toMatchObject({ error: { name: "RelayLostError" } });
  });

  test.each([
    ["a channel twice", [1, 1]],
    ["a lower channel", [2, 1]],
  ])("follows an open of %s at a wing", async (_name, ids) => {
    const { relay, wing } = await connected();
    for (const channelId of ids) relay.tellWing({ case: "open", value: { channelId } });
    const reason = await new Promise((resolve) => wing.onClose(resolve));
    expect(reason).toMatchObject({ error: { name: "RelayLostError" } });
  });
});

test("presence is told from the beginning, in full and then as it changes", async () => {
  const { relay, browser } = await connected();
  relay.tellBrowser({ case: "presence", value: { wingId: "w1", online: true } });
  relay.tellBrowser({ case: "presence", value: { wingId: "w2", online: false } });
  relay.tellBrowser({ case: "presenceReady", value: {} });
  await browser.presenceReady;
  const told: unknown[] = [];
  browser.onPresence((wingId, online) => told.push([wingId, online]));
  relay.tellBrowser({ case: "presence", value: { wingId: "w1", online: false } });
  await Promise.resolve();
  expect(told).toEqual([
    ["w1", true],
    ["w2", false],
    ["w1", false],
  ]);
});

test("a drain says when to connect again, and open channels go on", async () => {
  const { relay, browser, near, far } = await withChannel();
  relay.tellBrowser({ case: "drain", value: { reconnectAfterMs: 1234 } });
  expect(await new Promise((resolve) => browser.onDrain(resolve))).toBe(1234);
  far.send(Uint8Array.of(9));
  expect(await new Promise<Uint8Array>((resolve) => near.onMessage(resolve))).toEqual(Uint8Array.of(9));
});

describe("a slow network", () => {
  /** Fills the browser's socket by one channel and leaves a second one beside it. */
  async function congested() {
    const met = await connected();
    const [bulk, other] = [await met.browser.openChannel(WING), await met.browser.openChannel(WING)];
    const socket = met.relay.browserSocket;
    socket.stuck = true;
    const message = 64 * 1024 - 1;
    while (bulk.bufferedBytes < 512 * 1024) bulk.send(new Uint8Array(message));
    return { ...met, bulk, other, socket };
  }

  test("fills the socket to its high-water mark and no further", async () => {
    const { socket } = await congested();
    expect(socket.bufferedAmount).toBeGreaterThanOrEqual(SOCKET_HIGH_WATER_BYTES);
    expect(socket.bufferedAmount).toBeLessThan(SOCKET_HIGH_WATER_BYTES + 66_560);
  });

  test("lets a small message of another channel overtake the queue of a big one", async () => {
    const { relay, other, socket } = await congested();
    other.send(Uint8Array.of(1));
    const before = socket.sent.length;
    socket.carry();
    relay.timers.fire();
    const next = socket.sent.slice(before, before + 2).map(({ length }) => length);
    expect(Math.min(...next)).toBeLessThan(20);
  });

  test("is looked at until everything was handed over, then no timer runs", async () => {
    const { relay, bulk, socket } = await congested();
    const drained = bulk.drained();
    for (let round = 0; relay.timers.running.length > 0 && round < 100; round += 1) {
      socket.carry();
      relay.timers.fire();
    }
    await drained;
    expect(bulk.bufferedBytes).toBe(0);
    expect(relay.timers.running).toEqual([]);
  });

  test("carries a close behind what was sent before it", async () => {
    const { relay, bulk, pipes, socket } = await congested();
    const far = pipes[0]!;
    let bytes = 0;
    far.onMessage((message) => {
      bytes += message.length;
    });
    const ended = endOf(far);
    bulk.close("after all that");
    socket.stuck = false;
    for (let round = 0; round < 20; round += 1) {
      socket.carry();
      relay.timers.fire();
      await Promise.resolve();
    }
    expect(await ended).toEqual({ kind: "closed", text: "after all that" });
    expect(bytes % (64 * 1024 - 1)).toBe(0);
    expect(bytes).toBeGreaterThan(1024 * 1024 - 128 * 1024);
  });

  test.each([
    [-1, undefined],
    [0, undefined],
    [1, "lost"],
  ])("gives a channel up when 8 MiB and %i bytes wait: %s", async (beyond, kind) => {
    const { relay, browser } = await connected();
    const pipe = await browser.openChannel(WING);
    let end: PipeCloseReason | undefined;
    pipe.onClose((reason) => {
      end = reason;
    });
    relay.browserSocket.stuck = true;
    const overhead = 3 + 1 + 1 + 1 + 3;
    while (pipe.bufferedBytes === 0) pipe.send(new Uint8Array(60_000));
    while (pipe.bufferedBytes + 130_000 < MAX_PIPE_BACKLOG_BYTES) pipe.send(new Uint8Array(60_000));
    pipe.send(new Uint8Array(60_000));
    pipe.send(new Uint8Array(MAX_PIPE_BACKLOG_BYTES - pipe.bufferedBytes - overhead - 1 + beyond));
    expect(end?.kind).toBe(kind);
    expect(pipe.bufferedBytes).toBeLessThanOrEqual(MAX_PIPE_BACKLOG_BYTES);
  });
});

test.each([
  [MAX_HELD_MESSAGES, undefined],
  [MAX_HELD_MESSAGES + 1, "lost"],
])("a channel holds %i messages that nobody reads, or is given up: %s", async (count, kind) => {
  const { near, far } = await withChannel();
  for (let index = 0; index < count; index += 1) far.send(Uint8Array.of(index));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  let end: PipeCloseReason | undefined;
  near.onClose((reason) => {
    end = reason;
  });
  await Promise.resolve();
  expect(end?.kind).toBe(kind);
});

test.each([
  [MAX_KNOWN_WINGS - 1, false],
  [MAX_KNOWN_WINGS, false],
  [MAX_KNOWN_WINGS + 1, true],
])("a relay that tells of %i wings tells of too many: %s", async (count, tooMany) => {
  const { relay, browser } = await connected();
  for (let index = 0; index < count; index += 1) {
    relay.tellBrowser({ case: "presence", value: { wingId: `w${index}`, online: true } });
  }
  relay.tellBrowser({ case: "presenceReady", value: {} });
  await browser.presenceReady;
  expect(relay.browserSocket.closed).toBe(tooMany);
});

test.each([
  [MAX_WAITING_CHANNELS - 1, 0],
  [MAX_WAITING_CHANNELS, 0],
  [MAX_WAITING_CHANNELS + 1, 1],
])("of %i channels that the wing does not take, %i are closed", async (count, closed) => {
  const relay = new RelayDouble();
  await relay.connectWing();
  for (let channelId = 1; channelId <= count; channelId += 1) relay.tellWing({ case: "open", value: { channelId } });
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(relay.heard.wing.filter(({ case: kind }) => kind === "close")).toHaveLength(closed);
});
