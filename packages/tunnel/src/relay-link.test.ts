import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { describe, expect, test } from "vitest";
import { MAX_KNOWN_WINGS } from "./relay-limits.ts";
import { RelayDouble } from "./testing/relay-double.ts";
import { connected, endOf, WING, withChannel } from "./testing/relayed-channel.ts";

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
