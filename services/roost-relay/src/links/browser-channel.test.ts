import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { describe, expect, test } from "vitest";
import type { ChannelEnd, CloseCause } from "../switchboard/switchboard.ts";
import { BrowserChannel } from "./browser-channel.ts";

/** A channel whose wing answers when the test says so, as one in another replica does. */
function openingChannel() {
  const told: string[] = [];
  const wingHears: string[] = [];
  const closes: CloseCause[] = [];
  const link = {
    sendData: (_: number, payload: Uint8Array) => Boolean(told.push(`data ${payload.length}`)),
    sendOpened: () => void told.push("opened"),
    hold: () => {},
    closeChannel: (_: number, cause: CloseCause) => void closes.push(cause),
  };
  const end: ChannelEnd = {
    send: (payload) => void wingHears.push(`data ${payload.length}`),
    hold: () => {},
    release: () => {},
    close: ({ reason }) => void wingHears.push(`close ${reason}`),
  };
  return { channel: new BrowserChannel(1, link, 1_000), end, told, wingHears, closes };
}

describe("a channel that is being opened", () => {
  test("keeps what is sent for the wing, in order, and says opened first", () => {
    const { channel, end, told, wingHears } = openingChannel();
    channel.send(new Uint8Array(1));
    channel.send(new Uint8Array(2));
    expect(wingHears).toEqual([]);
    channel.onOpened(end);
    channel.send(new Uint8Array(3));
    channel.onData(new Uint8Array(9));
    expect(told).toEqual(["opened", "data 9"]);
    expect(wingHears).toEqual(["data 1", "data 2", "data 3"]);
  });

  test("keeps its own copy, for the buffer of a read is used again", () => {
    const { channel, end } = openingChannel();
    const seen: number[] = [];
    const payload = Uint8Array.of(1);
    channel.send(payload);
    payload[0] = 2;
    channel.onOpened({ ...end, send: (kept) => void seen.push(kept[0]!) });
    expect(seen).toEqual([1]);
  });

  test.each([
    [999, true],
    [1_000, true],
    [1_001, false],
  ])("keeps %d bytes of at most 1,000: %s", (bytes, kept) => {
    const { channel, end, wingHears, closes } = openingChannel();
    channel.send(new Uint8Array(500));
    channel.send(new Uint8Array(bytes - 500));
    channel.onOpened(end);
    if (kept) expect(wingHears).toEqual(["data 500", `data ${bytes - 500}`]);
    else expect(wingHears).toEqual([`close ${CloseReason.CLOSED_BY_PEER}`]);
    expect(closes.map(({ reason }) => reason)).toEqual(kept ? [] : [CloseReason.FELL_BEHIND]);
  });

  test("that the browser closes before the wing answered is closed at the wing then, and data is not delivered", () => {
    const { channel, end, told, wingHears } = openingChannel();
    channel.send(new Uint8Array(1));
    channel.close({ reason: CloseReason.CLOSED_BY_PEER, text: "" });
    channel.send(new Uint8Array(1));
    channel.onOpened(end);
    expect(told).toEqual([]);
    expect(wingHears).toEqual([`close ${CloseReason.CLOSED_BY_PEER}`]);
  });
});
