import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { startHostTimer } from "@wingthing/sealed-channel/host";
import { type MessagePipe, PipeClosedError, type PipeCloseReason } from "@wingthing/sealed-channel/message-pipe";
import { describeMessagePipe } from "@wingthing/sealed-channel/testing/message-pipe-suite";
import { describe, expect, test } from "vitest";
import { MAX_HELD_MESSAGES, MAX_WAITING_CHANNELS } from "./relay-limits.ts";
import { RelayDouble } from "./testing/relay-double.ts";
import { connected, endOf, WING, withChannel } from "./testing/relayed-channel.ts";

describeMessagePipe("a channel over a relay", async () => {
  const { relay, near, far } = await withChannel(new RelayDouble(startHostTimer));
  return { ends: [near, far], [Symbol.asyncDispose]: async () => relay.cut() };
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
