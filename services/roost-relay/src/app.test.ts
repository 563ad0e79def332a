import { createHash, randomBytes } from "node:crypto";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { Log } from "@wingthing/service-runtime/log";
import { describe, expect, test } from "vitest";
import { person, tokenOf, wingId, wingOf } from "./testing/test-identity.ts";
import type { TestLink } from "./testing/test-link.ts";
import { startTestRelay } from "./testing/test-relay.ts";

const LAPTOP = wingId("laptop");
const text = (payload: Uint8Array) => Buffer.from(payload).toString();

async function pair() {
  const roost = await startTestRelay();
  const wing = await roost.connect(wingOf("ada", "laptop"));
  const browser = await roost.connect(person("ada"));
  return { roost, wing, browser };
}

describe("pairing", () => {
  test("what a browser sends reaches the wing and back, under each link's own number", async () => {
    const { roost, wing, browser } = await pair();
    await using _ = roost;
    await browser.open(7, LAPTOP);
    const { channelId, wingId: told } = await wing.next("open");
    expect(told).toBe("");
    browser.data(7, "to the wing");
    expect(text((await wing.next("data")).payload)).toBe("to the wing");
    wing.data(channelId, "to the browser");
    const back = await browser.next("data");
    expect([back.channelId, text(back.payload)]).toEqual([7, "to the browser"]);
  });

  test("data sent right behind an open, before the answer, arrives behind the open", async () => {
    const { roost, wing, browser } = await pair();
    await using _ = roost;
    browser.send({ case: "open", value: { channelId: 1, wingId: LAPTOP } });
    browser.data(1, "first");
    browser.data(1, "second");
    await wing.next("open");
    expect(text((await wing.next("data")).payload)).toBe("first");
    expect(text((await wing.next("data")).payload)).toBe("second");
    await browser.next("opened");
  });

  test("a close reaches the other end with its text, as a close by the peer whatever reason it names", async () => {
    const { roost, wing, browser } = await pair();
    await using _ = roost;
    await browser.open(1, LAPTOP);
    const { channelId } = await wing.next("open");
    browser.send({ case: "close", value: { channelId: 1, reason: CloseReason.DRAINING, text: "x".repeat(1_000) } });
    expect(await wing.next("close")).toMatchObject({
      channelId,
      reason: CloseReason.CLOSED_BY_PEER,
      text: "x".repeat(256),
    });
    await browser.open(2, LAPTOP);
    const second = await wing.next("open");
    wing.send({ case: "close", value: { channelId: second.channelId, text: "handshake failed" } });
    expect(await browser.next("close")).toMatchObject({ channelId: 2, text: "handshake failed" });
  });

  test("what was under way when a channel ended is ignored, and the link goes on", async () => {
    const { roost, wing, browser } = await pair();
    await using _ = roost;
    await browser.open(1, LAPTOP);
    const { channelId } = await wing.next("open");
    wing.send({ case: "close", value: { channelId } });
    await browser.next("close");
    browser.data(1, "late");
    browser.send({ case: "close", value: { channelId: 1 } });
    wing.data(channelId, "late");
    await browser.open(2, LAPTOP);
    await wing.next("open");
    browser.data(2, "on time");
    expect(text((await wing.next("data")).payload)).toBe("on time");
  });

  test("a link that closes itself takes its channels with it", async () => {
    const { roost, wing, browser } = await pair();
    await using _ = roost;
    await browser.open(1, LAPTOP);
    const { channelId } = await wing.next("open");
    browser.send({ case: "close", value: { channelId: 0 } });
    expect(await browser.ended).toEqual({ code: 1_000, reason: "CLOSED_BY_PEER" });
    expect(await wing.next("close")).toMatchObject({ channelId, reason: CloseReason.CLOSED_BY_PEER });
  });

  test("100 MB go through in order and unchanged, both ways at once", async () => {
    const { roost, wing, browser } = await pair();
    await using _ = roost;
    await browser.open(1, LAPTOP);
    const { channelId } = await wing.next("open");
    const [down, up] = await Promise.all([
      transfer({ from: wing, fromChannel: channelId, to: browser, megabytes: 100 }),
      transfer({ from: browser, fromChannel: 1, to: wing, megabytes: 20 }),
    ]);
    expect(down.received).toBe(down.sent);
    expect(up.received).toBe(up.sent);
    expect(roost.relay.stats()).toMatchObject({ channels: 1, heldBrowsers: 0, closes: {} });
  });
});

describe("one HTTP server", () => {
  test("serves other requests beside the relay, and its upgrades elsewhere are refused in words", async () => {
    await using roost = await startTestRelay();
    const page = await fetch(roost.url.replace("ws:", "http:"));
    expect(await page.text()).toBe("not the relay");
    expect(await roost.refusedUpgrade("/other")).toMatchObject({ status: 404 });
    expect((await roost.refusedUpgrade("/other")).body).toContain("The relay is at /relay.");
    await roost.connect(person("ada"));
  });
});

describe("what is counted and written down", () => {
  test("stats tell links, channels and bytes", async () => {
    const { roost, wing, browser } = await pair();
    await using _ = roost;
    await roost.dial();
    await browser.open(1, LAPTOP);
    browser.data(1, "12345");
    await wing.next("open");
    await wing.next("data");
    expect(roost.relay.stats()).toEqual({
      greetings: 1,
      browsers: 1,
      wings: 1,
      channels: 1,
      framesForwarded: 1,
      bytesForwarded: 5,
      backlogBytes: 0,
      heldBrowsers: 0,
      closes: {},
      draining: false,
    });
    browser.destroy();
    await wing.next("close");
    expect(roost.relay.stats()).toMatchObject({ browsers: 0, channels: 0, closes: { PEER_LOST: 1 } });
  });

  test("logs name links and reasons, and never a token, a payload, a text of a peer or a person", async () => {
    const lines: string[] = [];
    const write = (event: string, fields = {}) => void lines.push(JSON.stringify({ event, ...fields }));
    const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
    await using roost = await startTestRelay({ log });
    const wing = await roost.connect(wingOf("ada", "laptop"));
    const browser = await roost.connect(person("ada"));
    await browser.open(1, LAPTOP);
    browser.data(1, "my password");
    browser.send({ case: "close", value: { channelId: 1, text: "secret text" } });
    await wing.next("open");
    await wing.next("data");
    const stranger = await roost.dial();
    stranger.hello("forged token");
    await stranger.ended;
    browser.webSocket.send("my password as text");
    await browser.ended;
    const all = lines.join("\n");
    expect(all).toContain('"reason":"PROTOCOL_ERROR"');
    expect(all).toMatch(/"link":"l[a-z2-7]{16}"/);
    for (const secret of ["password", "secret text", "forged", "ada", tokenOf(person("ada"))]) {
      expect(all).not.toContain(secret);
    }
  });
});

/** Sends random bytes in records of odd sizes, a window in flight, and returns the digests of both ends. */
async function transfer(options: { from: TestLink; fromChannel: number; to: TestLink; megabytes: number }) {
  const { from, fromChannel, to, megabytes } = options;
  const sizes = [65_535, 1, 1_024, 16_383, 16_384, 40_000, 127, 128];
  const total = megabytes * 1024 * 1024;
  const window = 1024 * 1024;
  const source = randomBytes(65_535);
  const sentHash = createHash("sha256");
  const receivedHash = createHash("sha256");
  let sent = 0;
  let received = 0;
  let turn = 0;
  const fill = () => {
    while (sent < total && sent - received < window) {
      source.writeUInt32LE(turn, 0);
      const record = source.subarray(0, Math.min(sizes[turn++ % sizes.length]!, total - sent));
      sentHash.update(record);
      from.data(fromChannel, record);
      sent += record.length;
    }
  };
  await new Promise<void>((resolve) => {
    to.onData((payload) => {
      receivedHash.update(payload);
      received += payload.length;
      if (received >= total) resolve();
      else fill();
    });
    fill();
  });
  return { sent: sentHash.digest("hex"), received: receivedHash.digest("hex") };
}
