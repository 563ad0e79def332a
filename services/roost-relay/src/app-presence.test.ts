import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, test } from "vitest";
import { person, wingId, wingOf } from "./testing/test-identity.ts";
import type { TestLink } from "./testing/test-link.ts";
import { startTestRelay } from "./testing/test-relay.ts";

const LAPTOP = wingId("laptop");
/** The product's promise. */
const SEEN_WITHIN_MS = 2_000;

async function watched(options: { clock?: ManualClock } = {}) {
  const roost = await startTestRelay(options);
  const wing = await roost.connect(wingOf("ada", "laptop"));
  const browser = await roost.connect(person("ada"));
  expect(await browser.next("presence")).toMatchObject({ wingId: LAPTOP, online: true });
  return { roost, wing, browser };
}

async function msUntilOffline(browser: TestLink, act: () => void): Promise<number> {
  const from = performance.now();
  act();
  expect(await browser.next("presence")).toMatchObject({ wingId: LAPTOP, online: false });
  return performance.now() - from;
}

describe("presence", () => {
  test("a browser is told its wings, then that this was all, then every change", async () => {
    const { roost, wing, browser } = await watched();
    await using _ = roost;
    await browser.next("presenceReady");
    await roost.connect(wingOf("ada", "server"));
    expect(await browser.next("presence")).toMatchObject({ wingId: wingId("server"), online: true });
    wing.webSocket.close();
    expect(await browser.next("presence")).toMatchObject({ wingId: LAPTOP, online: false });
  });

  test("wings of others are not told, wings of a shared org are", async () => {
    await using roost = await startTestRelay();
    await roost.connect(wingOf("eve", "laptop"));
    await roost.connect(wingOf("bob", "server", "org:acme"));
    const browser = await roost.connect(person("ada", "org:acme"));
    expect(await browser.next("presence")).toMatchObject({ wingId: wingId("server"), online: true });
    await browser.next("presenceReady");
  });

  const ends: [string, (wing: TestLink) => void][] = [
    ["closes its WebSocket", (wing) => wing.webSocket.close()],
    ["closes it and then hangs", (wing) => closeAndHang(wing)],
    ["dies with its socket", (wing) => wing.tcp.destroy()],
    ["resets its socket", (wing) => wing.tcp.resetAndDestroy()],
    ["ends its half of the socket", (wing) => wing.tcp.end()],
    ["says goodbye by a Close frame", (wing) => wing.send({ case: "close", value: { channelId: 0 } })],
  ];
  test.each(ends)("a wing that %s is seen offline within 2 s", async (_, end) => {
    const { roost, wing, browser } = await watched();
    await using _roost = roost;
    expect(await msUntilOffline(browser, () => end(wing))).toBeLessThan(SEEN_WITHIN_MS);
  });

  test("a wing whose machine falls silent is seen offline after 20 s, and its channels are lost", async () => {
    const clock = new ManualClock();
    const { roost, wing, browser } = await watched({ clock });
    await using _ = roost;
    await browser.open(1, LAPTOP);
    await wing.next("open");
    wing.webSocket.pause();
    for (let beat = 0; beat < 3; beat++) await advanceOneBeat(clock, browser);
    expect(roost.relay.stats()).toMatchObject({ wings: 1, channels: 1 });
    await advanceOneBeat(clock, browser);
    expect(await browser.next("close")).toMatchObject({ channelId: 1, reason: CloseReason.PEER_LOST });
    expect(roost.relay.stats()).toMatchObject({ wings: 0, channels: 0 });
  });

  test("the same wing connected again replaces the older link; nobody sees it offline", async () => {
    const { roost, wing, browser } = await watched();
    await using _ = roost;
    await browser.open(1, LAPTOP);
    const newer = await roost.connect(wingOf("ada", "laptop"));
    await wing.next("open");
    const close = await wing.next("close");
    expect(close).toMatchObject({ channelId: 0, reason: CloseReason.REPLACED });
    expect(close.text).toContain("is it running twice");
    expect(await wing.ended).toEqual({ code: 4_009, reason: "REPLACED" });
    expect(await browser.next("close")).toMatchObject({ channelId: 1, reason: CloseReason.PEER_LOST });
    await browser.open(2, LAPTOP);
    await newer.next("open");
    expect(browser.presences).toEqual([`+${LAPTOP}`]);
  });

  test("a browser that vanishes is told to its wings at once", async () => {
    const { roost, wing, browser } = await watched();
    await using _ = roost;
    await browser.open(1, LAPTOP);
    const { channelId } = await wing.next("open");
    browser.tcp.resetAndDestroy();
    expect(await wing.next("close")).toMatchObject({ channelId, reason: CloseReason.PEER_LOST });
  });
});

describe("who may open which wing", () => {
  test("a wing of others and one that never was: one answer; one's own that went: offline", async () => {
    await using roost = await startTestRelay();
    await roost.connect(wingOf("eve", "server"));
    const wing = await roost.connect(wingOf("ada", "laptop"));
    const browser = await roost.connect(person("ada"));
    await browser.next("presenceReady");
    wing.destroy();
    await browser.next("presence");
    const answers = [];
    for (const [index, id] of [wingId("server"), wingId("never"), LAPTOP].entries()) {
      browser.send({ case: "open", value: { channelId: index + 1, wingId: id } });
      const { reason, text } = await browser.next("close");
      answers.push({ reason, text });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers.map(({ reason }) => reason)).toEqual([
      CloseReason.NOT_ALLOWED,
      CloseReason.NOT_ALLOWED,
      CloseReason.WING_OFFLINE,
    ]);
  });
});

/** The close frame goes out, and then this end neither reads nor closes. */
function closeAndHang(wing: TestLink): void {
  wing.webSocket.close();
  wing.tcp.pause();
}

/** Five seconds, in which the browser answers the relay's ping. */
async function advanceOneBeat(clock: ManualClock, browser: TestLink): Promise<void> {
  const pinged = new Promise((resolve) => browser.webSocket.once("ping", resolve));
  clock.advance(5_000);
  await pinged;
  await roundTrip(browser);
}

/** When the relay has answered this, it has read all that was sent before. */
async function roundTrip(link: TestLink): Promise<void> {
  const ponged = new Promise((resolve) => link.webSocket.once("pong", resolve));
  link.webSocket.ping();
  await ponged;
}
