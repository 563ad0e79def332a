import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { describe, expect, test } from "vitest";
import { encodeFrame } from "./frames/frame-codec.ts";
import { person, tokenOf, wingId, wingOf } from "./testing/test-identity.ts";
import type { TestLink } from "./testing/test-link.ts";
import { startTestRelay } from "./testing/test-relay.ts";

const LAPTOP = wingId("laptop");
const PROTOCOL_ERROR = { code: 4_006, reason: "PROTOCOL_ERROR" };

type Misdeed = (link: TestLink) => void;
const raw = (message: Uint8Array | string) => (link: TestLink) => link.webSocket.send(message);
const data = (channelId: number, bytes: number) => (link: TestLink) => link.data(channelId, new Uint8Array(bytes));

/** What no link may send. The sender has channel 1. */
const ANY_LINK: [string, Misdeed, RegExp][] = [
  ["a text message", raw("hello"), /^Found a text message; every frame is one binary message\.$/],
  ["no bytes", raw(new Uint8Array()), /^Found a frame of no known kind, wanted hello, open, data or close\.$/],
  ["random bytes", raw(Uint8Array.of(0xde, 0xad)), /^Found a message of 2 bytes that is not a Frame of wingthing/],
  [
    "a frame cut short",
    raw(encodeFrame({ case: "open", value: { channelId: 9, wingId: LAPTOP } }).subarray(0, 9)),
    /not a Frame/,
  ],
  ["an unknown kind", raw(Uint8Array.of(0x7a, 0x00)), /no known kind/],
  [
    "a frame of the relay's",
    raw(encodeFrame({ case: "welcome", value: {} })),
    /of kind welcome, which only the relay sends/,
  ],
  ["a frame that is too long", raw(new Uint8Array(66_561)), /^Found a frame of 66561 bytes, wanted at most 66560\.$/],
];

const ADMITTED: [string, Misdeed, RegExp][] = [
  ...ANY_LINK,
  ["a second hello", (link) => link.hello("again"), /a second hello; a link has one/],
  ["data of channel 0", data(0, 3), /a frame for channel 0, which was never opened/],
  ["data of a channel that was never opened", data(900, 3), /a frame for channel 900, which was never opened/],
  [
    "a close of a channel that was never opened",
    (link) => link.send({ case: "close", value: { channelId: 900 } }),
    /channel 900/,
  ],
  ["a payload that is too long", data(1, 65_536), /^Found a payload of 65536 bytes, wanted at most 65535\.$/],
];

const BROWSER: [string, Misdeed, RegExp][] = [
  ...ADMITTED,
  [
    "channel 0 opened",
    (link) => link.send({ case: "open", value: { channelId: 0 } }),
    /open of channel 0, wanted a number above 1/,
  ],
  [
    "a number used twice",
    (link) => link.send({ case: "open", value: { channelId: 1 } }),
    /open of channel 1, wanted a number above 1/,
  ],
];

const WING: [string, Misdeed, RegExp][] = [
  ...ADMITTED,
  [
    "an open",
    (link) => link.send({ case: "open", value: { channelId: 9, wingId: LAPTOP } }),
    /only browsers open channels/,
  ],
];

const GREETING: [string, Misdeed, RegExp][] = [
  ...ANY_LINK,
  [
    "an open before the hello",
    (link) => link.send({ case: "open", value: { channelId: 1 } }),
    /of kind open, wanted hello first/,
  ],
  ["data before the hello", data(1, 1), /of kind data, wanted hello first/],
  [
    "another version",
    (link) => link.hello(tokenOf(person("ada")), 2),
    /version 2, wanted 1: update the older of wt and roost/,
  ],
];

/** A wing with two browsers, both with a channel, and proof that the second browser's still works. */
async function neighbourhood() {
  const roost = await startTestRelay();
  const wing = await roost.connect(wingOf("ada", "laptop"));
  const [browser, neighbour] = [await roost.connect(person("ada")), await roost.connect(person("ada"))];
  await browser.open(1, LAPTOP);
  await wing.next("open");
  await neighbour.open(1, LAPTOP);
  const { channelId } = await wing.next("open");
  const neighbourWorks = async () => {
    wing.data(channelId, "still here");
    expect(Buffer.from((await neighbour.next("data")).payload).toString()).toBe("still here");
    neighbour.data(1, "here too");
    expect(Buffer.from((await wing.next("data")).payload).toString()).toBe("here too");
  };
  return { roost, wing, browser, neighbour, neighbourWorks };
}

describe("a browser that sends", () => {
  test.each(BROWSER)("%s is told so and closed; others notice nothing", async (_, misdeed, message) => {
    const { roost, wing, browser, neighbourWorks } = await neighbourhood();
    await using _roost = roost;
    misdeed(browser);
    const close = await browser.next("close");
    expect(close).toMatchObject({ channelId: 0, reason: CloseReason.PROTOCOL_ERROR });
    expect(close.text).toMatch(message);
    expect(await browser.ended).toEqual(PROTOCOL_ERROR);
    expect(await wing.next("close")).toMatchObject({ channelId: 1, reason: CloseReason.PEER_LOST });
    await neighbourWorks();
  });
});

describe("a wing that sends", () => {
  test.each(WING)(
    "%s is told so and closed; its browsers lose the channel and nothing else",
    async (_, misdeed, message) => {
      const { roost, wing, browser } = await neighbourhood();
      await using _roost = roost;
      const other = await roost.connect(wingOf("ada", "server"));
      misdeed(wing);
      const close = await wing.next("close");
      expect(close).toMatchObject({ channelId: 0, reason: CloseReason.PROTOCOL_ERROR });
      expect(close.text).toMatch(message);
      expect(await wing.ended).toEqual(PROTOCOL_ERROR);
      expect(await browser.next("close")).toMatchObject({ channelId: 1, reason: CloseReason.PEER_LOST });
      await browser.open(2, wingId("server"));
      await other.next("open");
    },
  );
});

describe("a socket that has not been admitted and sends", () => {
  test.each(GREETING)("%s is told so and closed", async (_, misdeed, message) => {
    await using roost = await startTestRelay();
    const link = await roost.dial();
    misdeed(link);
    const close = await link.next("close");
    expect(close).toMatchObject({ channelId: 0, reason: CloseReason.PROTOCOL_ERROR });
    expect(close.text).toMatch(message);
    expect(await link.ended).toEqual(PROTOCOL_ERROR);
  });

  test("more while its token is being checked is told to wait for the welcome", async () => {
    await using roost = await startTestRelay({ verifyToken: () => new Promise(() => {}) });
    const link = await roost.dial();
    link.hello("token");
    link.send({ case: "open", value: { channelId: 1, wingId: LAPTOP } });
    expect((await link.next("close")).text).toBe("Found a frame of kind open before the welcome; wait for it.");
  });
});

describe("sizes", () => {
  test.each([65_534, 65_535])("a payload of %d bytes goes through", async (bytes) => {
    const { roost, wing, browser } = await neighbourhood();
    await using _ = roost;
    browser.data(1, new Uint8Array(bytes).fill(5));
    const { payload } = await wing.next("data");
    expect([payload.length, payload.at(-1)]).toEqual([bytes, 5]);
  });

  test.each([66_559, 66_560])("a frame of %d bytes is read", async (bytes) => {
    await using roost = await startTestRelay();
    const link = await roost.dial();
    const around = encodeFrame({ case: "hello", value: { token: "x".repeat(66_000), version: 1 } }).length - 66_000;
    link.hello("x".repeat(bytes - around));
    expect(await link.next("close")).toMatchObject({ reason: CloseReason.UNAUTHENTICATED });
  });

  test.each([
    [133_120, PROTOCOL_ERROR],
    [133_121, { code: 1_009, reason: "" }],
  ])("a message of %d bytes ends the link, the far too long ones before they are in memory", async (bytes, end) => {
    const { roost, wing, browser, neighbourWorks } = await neighbourhood();
    await using _ = roost;
    browser.webSocket.send(new Uint8Array(bytes));
    expect(await browser.ended).toEqual(end);
    await wing.next("close");
    await neighbourWorks();
  });

  test("a WebSocket frame that breaks RFC 6455 ends the link", async () => {
    const { roost, wing, browser, neighbourWorks } = await neighbourhood();
    await using _ = roost;
    browser.tcp.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    expect((await browser.ended).code).toBe(1_002);
    await wing.next("close");
    await neighbourWorks();
  });
});
