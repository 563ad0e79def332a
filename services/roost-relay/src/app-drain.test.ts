import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, test } from "vitest";
import { person, wingId, wingOf } from "./testing/test-identity.ts";
import { startTestRelay } from "./testing/test-relay.ts";

const LAPTOP = wingId("laptop");

async function busyRelay() {
  const clock = new ManualClock();
  const limits = { drainSpreadMs: 3_000, drainMs: 10_000, pingIntervalMs: 1_000_000 };
  const roost = await startTestRelay({ clock, limits });
  const first = await roost.connect(person("ada"));
  const second = await roost.connect(person("ada"));
  const wing = await roost.connect(wingOf("ada", "laptop"));
  await first.open(1, LAPTOP);
  const { channelId } = await wing.next("open");
  return { clock, roost, first, second, wing, channelId };
}

describe("drain", () => {
  test("asks every link to come again elsewhere, one after the other, wings first", async () => {
    const { roost, first, second, wing } = await busyRelay();
    await using _ = roost;
    void roost.relay.drain();
    const waits = [];
    for (const link of [wing, first, second]) waits.push((await link.next("drain")).reconnectAfterMs);
    expect(waits).toEqual([0, 1_000, 2_000]);
    expect(roost.relay.stats().draining).toBe(true);
  });

  test("lets open channels go on, and opens no channel and no link", async () => {
    const { roost, first, second, wing, channelId } = await busyRelay();
    await using _ = roost;
    const greeting = await roost.dial();
    void roost.relay.drain();
    expect(await greeting.next("close")).toMatchObject({ channelId: 0, reason: CloseReason.DRAINING });
    expect(await roost.refusedUpgrade()).toMatchObject({ status: 503, retryAfter: "5" });
    await first.next("drain");
    await second.next("drain");
    await wing.next("drain");
    second.send({ case: "open", value: { channelId: 1, wingId: LAPTOP } });
    expect(await second.next("close")).toMatchObject({ channelId: 1, reason: CloseReason.DRAINING });
    first.data(1, "still");
    await wing.next("data");
    wing.data(channelId, "here");
    await first.next("data");
  });

  test("ends when the last link has gone", async () => {
    const { clock, roost, first, second, wing } = await busyRelay();
    await using _ = roost;
    const drained = roost.relay.drain();
    first.send({ case: "close", value: { channelId: 0 } });
    second.webSocket.close();
    wing.destroy();
    await drained;
    expect(clock.pendingTimers).toBe(0);
  });

  test("ends those that stay, after its bound and not before", async () => {
    const { clock, roost, first, second, wing } = await busyRelay();
    await using _ = roost;
    let isOver = false;
    const drained = roost.relay.drain().then(() => {
      isOver = true;
    });
    expect(roost.relay.drain()).toBe(roost.relay.drain());
    second.destroy();
    await roost.until((stats) => stats.browsers === 1);
    clock.advance(9_999);
    await first.next("drain");
    expect(isOver).toBe(false);
    clock.advance(1);
    await drained;
    expect(await first.next("close")).toMatchObject({ channelId: 0, reason: CloseReason.DRAINING });
    await wing.next("drain");
    expect(await wing.ended).toEqual({ code: 4_008, reason: "DRAINING" });
    expect(first.presences).toEqual([`+${LAPTOP}`]);
  });

  test("of a relay without links is over at once", async () => {
    await using roost = await startTestRelay();
    await roost.relay.drain();
  });
});

describe("close", () => {
  test("ends every socket at once, those without a hello too, and leaves no timer", async () => {
    const { clock, roost, first, wing } = await busyRelay();
    await using _ = roost;
    const greeting = await roost.dial();
    await roost.relay.close();
    await Promise.all([first.ended, wing.ended, greeting.ended]);
    expect(await roost.refusedUpgrade()).toMatchObject({ status: 503 });
    expect(clock.pendingTimers).toBe(0);
    expect(roost.relay.stats()).toMatchObject({ greetings: 0, browsers: 0, wings: 0, channels: 0, backlogBytes: 0 });
  });
});
