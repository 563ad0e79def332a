import { ResetReason } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { PIPE_LOW_WATER_BYTES } from "@wingthing/sealed-channel/message-pipe";
import { ManualTimers } from "@wingthing/sealed-channel/testing/manual-timer";
import { describe, expect, test } from "vitest";
import { Mux } from "./mux.ts";
import type { MuxStream } from "./mux-stream.ts";
import { quiet } from "./testing/call-outcome.ts";
import {
  browser,
  credit,
  data,
  end,
  HEADERS,
  head,
  neverReading,
  open,
  PREFIX,
  ping,
  reset,
  wing,
} from "./testing/one-ended.ts";
import { StandInChannel } from "./testing/stand-in-channel.ts";
import { Feed } from "./testing/tunnel-pair.ts";
import {
  MAX_BACKLOG_BYTES,
  MAX_HEADER_BYTES,
  MAX_REASON_LENGTH,
  MAX_STREAMS,
  STREAM_WINDOW_BYTES,
} from "./tunnel-limits.ts";

describe("one stream may fail alone", () => {
  test.each([
    [-1, false],
    [0, false],
    [1, true],
  ])("when %i bytes more than its window come unread: %s", async (beyond, fails) => {
    const { channel } = wing({ echo: () => neverReading() });
    channel.hears(open(1));
    for (let part = 0; part < 4; part += 1) channel.hears(data(1, STREAM_WINDOW_BYTES / 4 + (part === 3 ? beyond : 0)));
    await quiet();
    const resets = channel.sent.filter(({ kind }) => kind.case === "reset");
    expect(resets).toHaveLength(fails ? 1 : 0);
    if (fails) expect(resets[0]).toMatchObject({ kind: { value: { reason: ResetReason.CREDIT_EXCEEDED } } });
    expect(channel.ended).toBeUndefined();
  });

  test("and what it held is credited, so that the others go on", async () => {
    const { channel } = wing({ echo: () => neverReading() });
    for (let streamId = 1; streamId < 40; streamId += 2) {
      channel.hears(open(streamId));
      for (let part = 0; part < 4; part += 1) channel.hears(data(streamId, STREAM_WINDOW_BYTES / 4));
      channel.hears(reset(streamId));
      await quiet();
    }
    expect(channel.ended).toBeUndefined();
    const credited = channel.sent.reduce((sum, { kind }) => sum + (kind.case === "credit" ? kind.value.bytes : 0), 0);
    expect(credited).toBe(20 * STREAM_WINDOW_BYTES);
  });

  test.each([
    [MAX_STREAMS - 1, 0],
    [MAX_STREAMS, 0],
    [MAX_STREAMS + 1, 1],
  ])("when %i calls run at once, by the wing's own count: %i", async (count, refused) => {
    const { channel } = wing({ echo: () => neverReading() });
    for (let index = 0; index < count; index += 1) channel.hears(open(2 * index + 1));
    await quiet();
    const resets = channel.sent.filter(({ kind }) => kind.case === "reset");
    expect(resets).toHaveLength(refused);
    if (refused > 0) expect(resets[0]).toMatchObject({ kind: { value: { reason: ResetReason.TOO_MANY_STREAMS } } });
  });

  test("and counts until its handler has ended, whoever reset it", async () => {
    const { channel } = wing({ echo: () => neverReading() });
    for (let index = 0; index < MAX_STREAMS + 5; index += 1) channel.hears(open(2 * index + 1), reset(2 * index + 1));
    await quiet();
    expect(channel.sent.filter(({ kind }) => kind.case === "reset")).toHaveLength(0 + 5);
  });

  test.each([
    [-1, false],
    [0, false],
    [1, true],
  ])("when its headers have 16 KiB and %i bytes: %s", async (beyond, fails) => {
    const { channel } = wing();
    const path = `${PREFIX}Echo`;
    const other = "content-type".length + "application/grpc+proto".length + 32;
    const value = "v".repeat(MAX_HEADER_BYTES - path.length - other - 1 - 32 + beyond);
    channel.hears(open(1, "Echo", [...HEADERS, { name: "x", value }]));
    await quiet();
    const resets = channel.sent.filter(({ kind }) => kind.case === "reset");
    expect(resets).toHaveLength(fails ? 1 : 0);
    if (fails) expect(resets[0]).toMatchObject({ kind: { value: { reason: ResetReason.HEADERS_TOO_LARGE } } });
  });

  test.each([
    [ResetReason.CANCELLED, "canceled"],
    [ResetReason.TOO_MANY_STREAMS, "resource_exhausted"],
    [ResetReason.CREDIT_EXCEEDED, "internal"],
    [ResetReason.INTERNAL, "internal"],
    [99 as ResetReason, "internal"],
  ])("by a reset with reason %i, which the caller sees as %s", async (reason, code) => {
    const { channel, echo } = browser();
    const call = echo.ping({}).catch((error: unknown) => String(error));
    await quiet();
    channel.hears(reset(1, reason));
    expect(await call).toContain(`[${code}]`);
    expect(channel.ended).toBeUndefined();
  });
});

test("what crosses the end of its stream on the way is no harm, and is credited", async () => {
  const { channel, echo } = browser();
  const controller = new AbortController();
  const call = echo.flood({ value: 1 }, { signal: controller.signal })[Symbol.asyncIterator]().next();
  call.catch(() => {});
  await quiet();
  channel.hears(head(1), data(1, 100));
  controller.abort();
  channel.hears(data(1, 5000), end(1), credit(1, 1), reset(1));
  await quiet();
  expect(channel.ended).toBeUndefined();
  const credited = channel.sent.filter(({ kind }) => kind.case === "credit").map(({ kind }) => kind.value);
  expect(credited.reduce((sum, value) => sum + (value as { bytes: number }).bytes, 0)).toBe(5100);
});

test("pings are answered with their nonce, before the data of any stream", async () => {
  const { channel } = wing();
  channel.hears(ping(7n), ping(2n ** 64n - 1n));
  await quiet();
  expect(channel.sent.map(({ kind }) => kind)).toMatchObject([
    { case: "pong", value: { nonce: 7n } },
    { case: "pong", value: { nonce: 2n ** 64n - 1n } },
  ]);
});

test.each([
  [MAX_REASON_LENGTH, MAX_REASON_LENGTH],
  [MAX_REASON_LENGTH + 1, MAX_REASON_LENGTH],
])("of a goodbye of %i characters, %i are said and heard", async (length, kept) => {
  const { channel, server } = wing();
  channel.hears({ kind: { case: "goAway", value: { reason: "x".repeat(length) } } });
  expect((await server.closed).text).toHaveLength(kept);
  const other = wing();
  other.server.close("y".repeat(length));
  const said = other.channel.sent.at(-1)?.kind;
  expect(said?.case === "goAway" ? said.value.reason.length : 0).toBe(kept);
});

describe("a network that takes nothing", () => {
  test("gets no more data, and gets it again when it has drained", async () => {
    const { channel, echo } = browser();
    const feed = new Feed<{ value: Uint8Array }>();
    echo
      .echo(feed)
      [Symbol.asyncIterator]()
      .next()
      .catch(() => {});
    await quiet();
    channel.bufferedBytes = PIPE_LOW_WATER_BYTES;
    feed.push({ value: new Uint8Array(1000) });
    await quiet();
    expect(channel.kinds).toEqual(["open"]);
    channel.drain();
    await quiet();
    expect(channel.kinds).toEqual(["open", "data"]);
  });

  test.each([
    [MAX_BACKLOG_BYTES - 1, undefined],
    [MAX_BACKLOG_BYTES, undefined],
    [MAX_BACKLOG_BYTES + 1, "PeerFellBehindError"],
  ])("and asks for more with %i bytes before it: %s", async (backlog, error) => {
    const { channel } = wing();
    channel.bufferedBytes = backlog;
    channel.hears(ping(1n));
    await quiet();
    expect(channel.ended?.kind === "failed" ? channel.ended.error.name : undefined).toBe(error);
    expect(channel.kinds).toEqual(error === undefined ? ["pong"] : ["pong", "goAway"]);
  });
});

test.each([
  [1, 500],
  [5000, 5000],
])("%i bytes of data keep no more than four times as much of their record alive", async (bytes, pings) => {
  const channel = new StandInChannel();
  const opened: MuxStream[] = [];
  const startTimer = new ManualTimers().start;
  const mux = new Mux(channel, { role: "answerer", startTimer, onOpen: (stream) => opened.push(stream) });
  channel.hears(open(1), data(1, bytes), ...Array.from({ length: pings }, () => ping(1n)));
  const { value } = await opened[0]!.body[Symbol.asyncIterator]().next();
  expect(value).toHaveLength(bytes);
  expect(value?.buffer.byteLength).toBeLessThanOrEqual(4 * bytes);
  mux.close("end of test");
});
