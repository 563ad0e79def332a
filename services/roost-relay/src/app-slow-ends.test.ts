import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, test, vi } from "vitest";
import { person, wingId, wingOf } from "./testing/test-identity.ts";
import type { TestLink } from "./testing/test-link.ts";
import { startTestRelay } from "./testing/test-relay.ts";

const LAPTOP = wingId("laptop");
const SERVER = wingId("server");
const RECORD_BYTES = 65_535;
/** Small, so that a flood meets it soon; the kernel's own buffers take several MB before. */
const BACKLOG_BYTES = 256 * 1024;
/** What one read of a socket may add to a bound before anybody can react. */
const ONE_READ_BYTES = 2 * 65_536 + 2 * RECORD_BYTES;
/** More than all kernel buffers on the way. */
const MAX_FLOOD_RECORDS = 1_000;

/** A record that carries its place in the flood. */
function record(place: number): Uint8Array {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeUInt32LE(place, 0);
  return bytes;
}

/** Sends records, as fast as the socket takes them, until told to stop; returns how many. */
async function flood(from: TestLink, channelId: number, isOver: () => boolean): Promise<number> {
  for (let place = 0; place < MAX_FLOOD_RECORDS; place++) {
    if (isOver()) return place;
    from.data(channelId, record(place));
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("the flood met no bound");
}

/** Places of the records that come, in order. */
function placesAt(link: TestLink): number[] {
  const places: number[] = [];
  link.onData((payload) => places.push(Buffer.from(payload).readUInt32LE(0)));
  return places;
}

async function echo(from: TestLink, fromChannel: number, to: TestLink, toChannel: number): Promise<void> {
  from.data(fromChannel, "ping");
  await to.next("data");
  to.data(toChannel, "pong");
  await from.next("data");
}

const rising = (count: number): number[] => Array.from({ length: count }, (_, place) => place);

describe("a browser that does not read", () => {
  async function withSlowBrowser() {
    const roost = await startTestRelay({ limits: { maxChannelBacklogBytes: BACKLOG_BYTES } });
    const wing = await roost.connect(wingOf("ada", "laptop"));
    const slow = await roost.connect(person("ada"));
    await slow.open(1, LAPTOP);
    const { channelId } = await wing.next("open");
    return { roost, wing, slow, channelId };
  }

  test("loses the channel that floods it, and every byte up to there arrives in order", async () => {
    const { roost, wing, slow, channelId } = await withSlowBrowser();
    await using _ = roost;
    slow.tcp.pause();
    await flood(wing, channelId, () => wing.unread > 0);
    expect(await wing.next("close")).toMatchObject({ channelId, reason: CloseReason.FELL_BEHIND });
    const { backlogBytes } = roost.relay.stats();
    expect(backlogBytes).toBeGreaterThan(0);
    expect(backlogBytes).toBeLessThanOrEqual(BACKLOG_BYTES + ONE_READ_BYTES);
    const places = placesAt(slow);
    slow.tcp.resume();
    const close = await slow.next("close");
    expect(close).toMatchObject({ channelId: 1, reason: CloseReason.FELL_BEHIND });
    expect(close.text).toContain("The browser does not take what the wing sends");
    expect(places).toEqual(rising(places.length));
    expect(places.length).toBeGreaterThan(BACKLOG_BYTES / RECORD_BYTES);
    await slow.open(2, LAPTOP);
  });

  test("does not slow another browser of the same wing, or a quiet channel of its own", async () => {
    const { roost, wing, slow, channelId } = await withSlowBrowser();
    await using _ = roost;
    const quietWing = await roost.connect(wingOf("ada", "server"));
    await slow.open(2, SERVER);
    const quiet = await quietWing.next("open");
    const fast = await roost.connect(person("ada"));
    await fast.open(1, LAPTOP);
    const fastChannel = (await wing.next("open")).channelId;
    const places = placesAt(fast);
    slow.tcp.pause();
    const sent = await flood(wing, channelId, () => {
      wing.data(fastChannel, record(places.length));
      return wing.unread > 0;
    });
    await vi.waitFor(() => expect(places.length).toBe(sent + 1));
    quietWing.data(quiet.channelId, "still there");
    slow.onData(() => {});
    slow.tcp.resume();
    expect(await slow.next("close")).toMatchObject({ channelId: 1, reason: CloseReason.FELL_BEHIND });
    expect(roost.relay.stats()).toMatchObject({ channels: 2, closes: { FELL_BEHIND: 1 } });
  });
});

describe("a wing that does not read", () => {
  async function withSlowWing(clock?: ManualClock) {
    const limits = { holdSendersAtBytes: BACKLOG_BYTES, pingIntervalMs: 1_000_000_000 };
    const roost = await startTestRelay(clock ? { limits, clock } : { limits });
    const slowWing = await roost.connect(wingOf("ada", "laptop"));
    const otherWing = await roost.connect(wingOf("ada", "server"));
    const sender = await roost.connect(person("ada"));
    const silent = await roost.connect(person("ada"));
    await sender.open(1, LAPTOP);
    const { channelId } = await slowWing.next("open");
    await silent.open(1, LAPTOP);
    await slowWing.next("open");
    await silent.open(2, SERVER);
    const other = (await otherWing.next("open")).channelId;
    const heldBrowsers = () => roost.relay.stats().heldBrowsers;
    return { roost, slowWing, otherWing, sender, silent, channelId, other, heldBrowsers };
  }

  test("holds whoever sends to it and nobody else, within a bound, and then gets every byte", async () => {
    const { roost, slowWing, otherWing, sender, silent, channelId, other, heldBrowsers } = await withSlowWing();
    await using _ = roost;
    slowWing.tcp.pause();
    const sent = await flood(sender, 1, () => heldBrowsers() > 0);
    for (let place = sent; place < sent + 30; place++) sender.data(1, record(place));
    await echo(silent, 2, otherWing, other);
    expect(heldBrowsers()).toBe(1);
    expect(roost.relay.stats().backlogBytes).toBeLessThanOrEqual(BACKLOG_BYTES + ONE_READ_BYTES);
    const places = placesAt(slowWing);
    slowWing.tcp.resume();
    await vi.waitFor(() => expect(places.length).toBe(sent + 30));
    expect(places).toEqual(rising(sent + 30));
    await vi.waitFor(() => expect(heldBrowsers()).toBe(0));
    slowWing.data(channelId, "thanks");
    await sender.next("data");
    expect(roost.relay.stats()).toMatchObject({ closes: {}, backlogBytes: 0 });
  });

  test("holds a sender for so long and no longer: then the channel is closed and the browser is free", async () => {
    const clock = new ManualClock();
    const { roost, slowWing, otherWing, sender, heldBrowsers } = await withSlowWing(clock);
    await using _ = roost;
    slowWing.tcp.pause();
    await flood(sender, 1, () => heldBrowsers() > 0);
    clock.advance(29_999);
    expect(heldBrowsers()).toBe(1);
    clock.advance(1);
    expect(heldBrowsers()).toBe(0);
    const close = await sender.next("close");
    expect(close).toMatchObject({ channelId: 1, reason: CloseReason.FELL_BEHIND });
    expect(close.text).toBe("The wing does not take what it is sent.");
    await sender.open(2, SERVER);
    const { channelId } = await otherWing.next("open");
    await echo(sender, 2, otherWing, channelId);
  });

  test("frees those whom it holds when it goes", async () => {
    const { roost, slowWing, sender, heldBrowsers } = await withSlowWing();
    await using _ = roost;
    slowWing.tcp.pause();
    await flood(sender, 1, () => heldBrowsers() > 0);
    slowWing.tcp.resetAndDestroy();
    expect(await sender.next("close")).toMatchObject({ channelId: 1, reason: CloseReason.PEER_LOST });
    expect(heldBrowsers()).toBe(0);
    expect(roost.relay.stats().backlogBytes).toBe(0);
    await sender.open(2, SERVER);
  });

  test("frees a browser that closes the channel or goes", async () => {
    const { roost, slowWing, sender, heldBrowsers } = await withSlowWing();
    await using _ = roost;
    slowWing.tcp.pause();
    await flood(sender, 1, () => heldBrowsers() > 0);
    sender.tcp.resetAndDestroy();
    slowWing.onData(() => {});
    slowWing.tcp.resume();
    expect(await slowWing.next("close")).toMatchObject({ reason: CloseReason.PEER_LOST });
    expect(heldBrowsers()).toBe(0);
  });
});
