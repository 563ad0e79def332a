import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quiet } from "./testing/call-outcome.ts";
import {
  browser,
  credit,
  data,
  end,
  type FrameInit,
  head,
  neverReading,
  open,
  ping,
  reset,
  wing,
} from "./testing/one-ended.ts";
import { CHANNEL_WINDOW_BYTES, STREAM_WINDOW_BYTES } from "./tunnel-limits.ts";

describe("a browser that breaks the rules ends the channel at the wing", () => {
  test.each<[string, FrameInit[]]>([
    ["an even stream", [open(2)]],
    ["stream 0", [open(0)]],
    ["the same stream twice", [open(1), open(1)]],
    ["a lower stream", [open(5), open(3)]],
    ["data for a stream that never was", [data(7)]],
    ["an end of a stream that never was", [end(7)]],
    ["a reset of a stream that never was", [reset(7)]],
    ["a head, which is the wing's to say", [open(1), head(1)]],
    ["data after its end", [open(1), end(1), data(1)]],
    ["a second end", [open(1), end(1), end(1)]],
    ["credit for what was never sent", [open(1), credit(1, 1)]],
    ["credit for the channel itself", [credit(0, 1)]],
    ["a frame without a kind", [{ streamId: 1 }]],
    ["a header that HTTP does not have", [open(1, "Echo", [{ name: "a b", value: "c" }])]],
    ["a header value over two lines", [open(1, "Echo", [{ name: "a", value: "b\r\nc: d" }])]],
    ["a header value beyond Latin-1", [open(1, "Echo", [{ name: "a", value: "\u4e2d" }])]],
  ])("%s", async (_name, frames) => {
    const { channel, server } = wing();
    channel.hears(...frames);
    expect(await server.closed).toMatchObject({ kind: "failed", error: { name: "TunnelProtocolError" } });
    expect(channel.kinds.at(-1)).toBe("goAway");
  });

  test("bytes that are no batch", async () => {
    const { channel, server } = wing();
    channel.hearsBytes(Uint8Array.of(0x0a, 0x7f));
    expect(await server.closed).toMatchObject({ kind: "failed", error: { name: "TunnelProtocolError" } });
  });

  test.each([
    [0, undefined],
    [1, "failed"],
  ])("%i bytes beyond the channel's window", async (beyond, kind) => {
    const { channel } = wing({ echo: () => neverReading() });
    const streams = CHANNEL_WINDOW_BYTES / STREAM_WINDOW_BYTES;
    for (let index = 0; index < streams; index += 1) {
      channel.hears(open(2 * index + 1));
      for (let part = 0; part < 4; part += 1) channel.hears(data(2 * index + 1, STREAM_WINDOW_BYTES / 4));
    }
    channel.hears(open(99));
    if (beyond > 0) channel.hears(data(99, beyond));
    await quiet();
    expect(channel.ended?.kind).toBe(kind);
  });
});

describe("a wing that breaks the rules ends the channel at the browser", () => {
  test.each<[string, FrameInit[]]>([
    ["an open, which is the browser's to say", [open(3)]],
    ["a frame for a stream that never was", [data(3)]],
    ["data before its head", [data(1)]],
    ["an end before its head", [end(1)]],
    ["a second head", [head(1), head(1)]],
    ["credit for more than was sent", [credit(1, 1_000_000)]],
  ])("%s", async (_name, frames) => {
    const { channel, client, echo } = browser();
    const call = echo.ping({}).catch((error: unknown) => error);
    await quiet();
    channel.hears(...frames);
    expect(await client.closed).toMatchObject({ kind: "failed", error: { name: "TunnelProtocolError" } });
    expect(await call).toMatchObject({ cause: { name: "ChannelClosedError" } });
  });
});

test("whatever bytes or frames come, either end answers or ends with a named error, and nothing else is thrown", async () => {
  const streamId = fc.integer({ min: 0, max: 6 });
  const bytes = fc.nat(5000);
  const frame = fc.oneof(
    streamId.map((id) => open(id)),
    fc.constant(open(1)),
    streamId.map(head),
    fc.tuple(streamId, bytes).map(([id, count]) => data(id, count)),
    streamId.map(end),
    streamId.map((id) => reset(id)),
    fc.tuple(streamId, fc.nat(1_000_000)).map(([id, count]) => credit(id, count)),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(ping),
    fc.constant({ kind: { case: "goAway", value: { reason: "x" } } } as FrameInit),
    fc.constant({} as FrameInit),
  );
  const record = fc.oneof(
    { weight: 4, arbitrary: fc.array(frame, { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 8 }), fc.boolean(), async (records, atWing) => {
      const end = atWing ? wing() : browser();
      if ("echo" in end) end.echo.ping({}).catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
      for (const each of records) {
        if (each instanceof Uint8Array) end.channel.hearsBytes(each);
        else end.channel.hears(...each);
      }
      await new Promise((resolve) => setImmediate(resolve));
      const { ended } = end.channel;
      if (ended?.kind === "failed") expect(ended.error.name).toBe("TunnelProtocolError");
      else expect(ended?.kind ?? "closed").toBe("closed");
      end.channel.close();
    }),
    { numRuns: 400 },
  );
}, 60_000);
