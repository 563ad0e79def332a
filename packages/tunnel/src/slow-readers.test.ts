import { createChannelPair } from "@wingthing/sealed-channel/testing/channel-pair";
import { TappedPipe } from "@wingthing/sealed-channel/testing/tapped-pipe";
import { afterEach, describe, expect, test } from "vitest";
import { lengthsOf, quiet } from "./testing/call-outcome.ts";
import { CHUNK_BYTES } from "./testing/echo-service.ts";
import { useTunnels } from "./testing/tunnel-pair.ts";
import { CHANNEL_WINDOW_BYTES, MAX_STREAMS, STREAM_WINDOW_BYTES } from "./tunnel-limits.ts";

type Bytes = { value: Uint8Array };

const tunnel = useTunnels(afterEach);

/** A promise, and how far it is. */
function watched<T>(promise: Promise<T>): { settled: boolean } {
  const watch = { settled: false };
  const settle = () => {
    watch.settled = true;
  };
  promise.then(settle, settle);
  return watch;
}

describe("a slow reader", () => {
  test("stops its sender at the window of a stream, and starts it again by reading", async () => {
    let yielded = 0;
    const { echo } = await tunnel({
      answers: {
        async *flood() {
          for (; yielded < 100; yielded += 1) yield { value: new Uint8Array(CHUNK_BYTES) };
        },
      },
    });
    const replies = echo.flood({ value: 100 })[Symbol.asyncIterator]();
    await replies.next();
    await quiet();
    const stoppedAt = yielded;
    // The window, what waits to be sent, and what Connect itself holds.
    expect(stoppedAt * CHUNK_BYTES).toBeLessThan(2 * STREAM_WINDOW_BYTES);
    for (let index = 0; index < 20; index += 1) await replies.next();
    await quiet();
    expect(yielded).toBeGreaterThanOrEqual(stoppedAt + 15);
    expect(yielded).toBeLessThan(stoppedAt + 25);
  });

  test("at the wing stops a browser that sends, too", async () => {
    const gate = Promise.withResolvers<void>();
    const { echo } = await tunnel({
      answers: {
        async count(requests) {
          let total = 0;
          for await (const { value } of requests) {
            total += value.length;
            if (total === CHUNK_BYTES) await gate.promise;
          }
          return { value: total };
        },
      },
    });
    let sent = 0;
    async function* source(): AsyncGenerator<Bytes> {
      for (; sent < 100; sent += 1) yield { value: new Uint8Array(CHUNK_BYTES) };
    }
    const counted = echo.count(source());
    await quiet();
    expect(sent * CHUNK_BYTES).toBeLessThan(2 * STREAM_WINDOW_BYTES);
    gate.resolve();
    expect((await counted).value).toBe(100 * CHUNK_BYTES);
  });

  test.each([1, 8, MAX_STREAMS - 1])(
    "times %i holds nobody else up, and at most the channel's window",
    async (count) => {
      const pipe = new TappedPipe();
      const channels = await createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing });
      const { echo } = await tunnel({ channels });
      const stuck = Array.from({ length: count }, () => echo.flood({ value: 1000 })[Symbol.asyncIterator]());
      await Promise.all(stuck.map((replies) => replies.next()));
      await quiet();
      const held = pipe.seen["to-browser"].reduce((bytes, { length }) => bytes + length, 0);
      // What was read of each is beyond the window.
      expect(held).toBeLessThan(CHANNEL_WINDOW_BYTES * 1.1 + count * 2 * CHUNK_BYTES);
      const lengths = await lengthsOf(echo.flood({ value: 50 }));
      expect(lengths).toHaveLength(50);
      expect((await echo.ping({ value: new Uint8Array(100_000) })).value).toHaveLength(100_000);
    },
  );

  test("that leaves gives back what it held", async () => {
    const { echo } = await tunnel();
    for (let round = 0; round < 20; round += 1) {
      const controller = new AbortController();
      const replies = echo.flood({ value: 1000 }, { signal: controller.signal })[Symbol.asyncIterator]();
      await replies.next();
      await quiet();
      controller.abort();
    }
    await quiet();
    const replies = echo.flood({ value: 1000 })[Symbol.asyncIterator]();
    await replies.next();
    const watch = watched(lengthsOf(echo.flood({ value: 200 })));
    for (let turn = 0; turn < 50 && !watch.settled; turn += 1) await quiet();
    expect(watch.settled).toBe(true);
  });
});
