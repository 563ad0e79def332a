import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReceiveWindows } from "./receive-windows.ts";
import { SendWindows } from "./send-windows.ts";
import { TunnelProtocolError } from "./tunnel-errors.ts";
import {
  CHANNEL_WINDOW_BYTES,
  MAX_LINGERING_STREAMS,
  MAX_STREAMS,
  MAX_UNSENT_CREDIT_BYTES,
  STREAM_SHARE_BYTES,
  STREAM_WINDOW_BYTES,
} from "./tunnel-limits.ts";

/** Sends as much as the stream may. */
function fill(windows: SendWindows, streamId: number): number {
  let sent = 0;
  for (let allowance = windows.allowance(streamId); allowance > 0; allowance = windows.allowance(streamId)) {
    windows.take(streamId, allowance);
    sent += allowance;
  }
  return sent;
}

describe("what may be sent", () => {
  test("by a stream alone is its whole window", () => {
    expect(fill(new SendWindows(), 1)).toBe(STREAM_WINDOW_BYTES);
  });

  test("by any of 128 streams that nobody reads is at least its share, and by all of them the channel's window", () => {
    const windows = new SendWindows();
    const sent = Array.from({ length: MAX_STREAMS }, (_, index) => fill(windows, 2 * index + 1));
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(STREAM_SHARE_BYTES);
    expect(sent.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(CHANNEL_WINDOW_BYTES);
  });

  test("by a late stream goes on and on though 127 others are stuck", () => {
    const windows = new SendWindows();
    for (let index = 1; index < MAX_STREAMS; index += 1) fill(windows, 2 * index + 1);
    for (let round = 0; round < 1000; round += 1) {
      const sent = fill(windows, 1);
      expect(sent).toBeGreaterThanOrEqual(STREAM_SHARE_BYTES);
      windows.give(1, sent);
    }
  });

  test("of the common pool is at most as much as it leaves, so four stuck streams leave 16 KiB to a fifth", () => {
    const windows = new SendWindows();
    for (let stuck = 1; stuck <= 4; stuck += 1) fill(windows, stuck);
    expect(fill(windows, 5)).toBeGreaterThanOrEqual(16 * 1024);
  });

  test("never passes a window, whatever is sent and credited in whatever order", () => {
    const steps = fc.array(
      fc.record({ stream: fc.nat(20), give: fc.boolean(), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(steps, (moves) => {
        const windows = new SendWindows();
        const inFlight = new Map<number, number>();
        for (const { stream, give, part } of moves) {
          const held = inFlight.get(stream) ?? 0;
          const bytes = Math.floor((give ? held : windows.allowance(stream)) * part);
          if (give) windows.give(stream, bytes);
          else if (bytes > 0) windows.take(stream, bytes);
          inFlight.set(stream, give ? held - bytes : held + bytes);
          expect(inFlight.get(stream)).toBeLessThanOrEqual(STREAM_WINDOW_BYTES);
          expect([...inFlight.values()].reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(CHANNEL_WINDOW_BYTES);
          expect(windows.allowance(99)).toBeGreaterThanOrEqual(STREAM_SHARE_BYTES);
        }
      }),
    );
  });

  test.each([
    [99, true],
    [100, true],
    [101, false],
  ])("credit for %i of a hundred bytes in flight is taken: %s", (bytes, taken) => {
    const windows = new SendWindows();
    windows.take(1, 100);
    if (taken) windows.give(1, bytes);
    else expect(() => windows.give(1, bytes)).toThrow(TunnelProtocolError);
  });

  test.each([
    [-1, true],
    [0, true],
    [1, false],
  ])("by 1,152 streams and %i goes on though the other end keeps the credit of all: %s", (beyond, fits) => {
    const windows = new SendWindows();
    const takeAll = () => {
      for (let index = 0; index < MAX_STREAMS + MAX_LINGERING_STREAMS + beyond; index += 1) windows.take(index, 1);
    };
    if (fits) takeAll();
    else expect(takeAll).toThrow(TunnelProtocolError);
  });
});

describe("what may come", () => {
  test.each([
    [-1, true],
    [0, true],
    [1, false],
  ])("on a stream is its window and %i bytes: %s", (beyond, fits) => {
    expect(new ReceiveWindows().receive(1, STREAM_WINDOW_BYTES + beyond)).toBe(fits);
  });

  test.each([
    [-1, true],
    [0, true],
    [1, false],
  ])("on a channel is its window and %i bytes: %s", (beyond, fits) => {
    const windows = new ReceiveWindows();
    const streams = CHANNEL_WINDOW_BYTES / STREAM_WINDOW_BYTES;
    for (let index = 1; index < streams; index += 1) windows.receive(index, STREAM_WINDOW_BYTES);
    const last = () => windows.receive(streams, STREAM_WINDOW_BYTES + beyond);
    if (fits) expect(last()).toBe(true);
    else expect(last).toThrow(TunnelProtocolError);
  });

  test.each([
    [STREAM_SHARE_BYTES - 1, false],
    [STREAM_SHARE_BYTES, true],
    [STREAM_SHARE_BYTES + 1, true],
  ])("the credit of %i consumed bytes is due at once: %s", (bytes, due) => {
    const windows = new ReceiveWindows();
    windows.receive(1, bytes);
    expect(windows.consume(1, bytes)).toBe(due);
  });

  test("credit of many streams is due when its sum is, and is taken whole", () => {
    const windows = new ReceiveWindows();
    const each = 1024;
    const count = MAX_UNSENT_CREDIT_BYTES / each;
    const due = Array.from({ length: count }, (_, index) => {
      windows.receive(index, each);
      return windows.consume(index, each);
    });
    expect(due.indexOf(true)).toBe(count - 1);
    expect(windows.takeOwed().size).toBe(count);
    expect(windows.takeOwed().size).toBe(0);
    // And the window is whole again.
    for (let index = 0; index < 4; index += 1) expect(windows.receive(index, STREAM_WINDOW_BYTES)).toBe(true);
  });
});
