import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { ChannelClosedError } from "@wingthing/sealed-channel/channel-errors";
import { createChannelPair } from "@wingthing/sealed-channel/testing/channel-pair";
import { TappedPipe } from "@wingthing/sealed-channel/testing/tapped-pipe";
import { afterEach, describe, expect, test } from "vitest";
import { codeOf, lengthsOf, quiet } from "./testing/call-outcome.ts";
import { Feed, useTunnels } from "./testing/tunnel-pair.ts";
import { MAX_STREAMS } from "./tunnel-limits.ts";

type Bytes = { value: Uint8Array };

const tunnel = useTunnels(afterEach);

describe("a caller that gives up", () => {
  test("ends the handler's signal and its request", async () => {
    const seen = Promise.withResolvers<HandlerContext>();
    const ended = Promise.withResolvers<unknown>();
    const { echo } = await tunnel({
      answers: {
        async *echo(requests, context) {
          seen.resolve(context);
          try {
            for await (const request of requests) yield request;
          } catch (error) {
            ended.resolve(error);
          }
        },
      },
    });
    const controller = new AbortController();
    const feed = new Feed<Bytes>();
    feed.push({ value: Uint8Array.of(1) });
    const replies = echo.echo(feed, { signal: controller.signal })[Symbol.asyncIterator]();
    await replies.next();
    const waiting = replies.next();
    controller.abort();
    expect(await codeOf(waiting)).toBe("Canceled");
    const { signal } = await seen.promise;
    expect(await ended.promise).toMatchObject({ code: Code.Canceled });
    expect(signal.aborted).toBe(true);
  });

  test("before it sent anything sends nothing", async () => {
    const pipe = new TappedPipe();
    const channels = await createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing });
    const { echo } = await tunnel({ channels });
    const controller = new AbortController();
    const call = echo.ping({}, { signal: controller.signal });
    controller.abort();
    expect(await codeOf(call)).toBe("Canceled");
    expect(await codeOf(echo.ping({}, { signal: AbortSignal.abort() }))).toBe("Canceled");
    await quiet();
    expect(pipe.seen["to-wing"]).toHaveLength(1);
    await echo.ping({});
  });

  test("because of a deadline says so at both ends", async () => {
    const reason = Promise.withResolvers<unknown>();
    const { echo } = await tunnel({
      answers: {
        ping: (request, { signal }) =>
          new Promise((resolve) => {
            signal.addEventListener("abort", () => {
              reason.resolve(signal.reason);
              resolve(request);
            });
          }),
      },
    });
    expect(await codeOf(echo.ping({}, { timeoutMs: 20 }))).toBe("DeadlineExceeded");
    const found = await reason.promise;
    expect([Code.DeadlineExceeded, Code.Canceled]).toContain((found as ConnectError).code);
  });

  test("because its own source failed has that failure", async () => {
    const { echo } = await tunnel();
    async function* source(): AsyncGenerator<Bytes> {
      yield { value: Uint8Array.of(1) };
      throw new ConnectError("the file vanished", Code.NotFound);
    }
    expect(await codeOf(echo.count(source()))).toBe("NotFound");
  });

  test("frees its place for another call", async () => {
    const { echo } = await tunnel();
    for (let round = 0; round < MAX_STREAMS + 10; round += 1) {
      const controller = new AbortController();
      const replies = echo.flood({ value: 1000 }, { signal: controller.signal })[Symbol.asyncIterator]();
      await replies.next();
      controller.abort();
    }
    await quiet();
    expect((await echo.ping({ value: Uint8Array.of(1) })).value).toHaveLength(1);
  });
});

test("a response that ends before its request frees the source of the request", async () => {
  const { echo } = await tunnel({
    answers: {
      async *echo() {
        yield { value: Uint8Array.of(1) };
      },
    },
  });
  const feed = new Feed<Bytes>();
  feed.push({ value: new Uint8Array(10) });
  expect(await lengthsOf(echo.echo(feed))).toEqual([1]);
  feed.push({ value: new Uint8Array(10) });
  await quiet();
  expect(feed.abandoned).toBe(true);
  expect((await echo.ping({})).value).toHaveLength(0);
});

describe("the end of the channel", () => {
  test.each(["client", "server"] as const)(
    "by the %s tells both the reason, sealed, and fails all calls",
    async (who) => {
      const pipe = new TappedPipe();
      const channels = await createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing });
      const aborted = Promise.withResolvers<boolean>();
      const pair = await tunnel({
        channels,
        answers: {
          async *echo(requests, { signal }) {
            signal.addEventListener("abort", () => aborted.resolve(true));
            yield* requests;
          },
        },
      });
      const feed = new Feed<Bytes>();
      const replies = pair.echo.echo(feed)[Symbol.asyncIterator]();
      feed.push({ value: Uint8Array.of(1) });
      await replies.next();
      const waiting = replies.next();
      pair[who].close("the laptop is going to sleep");
      const error = await waiting.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: Code.Unavailable, cause: { name: "ChannelClosedError" } });
      expect(await pair.client.closed).toEqual({ kind: "closed", text: "the laptop is going to sleep" });
      expect(await pair.server.closed).toEqual({ kind: "closed", text: "the laptop is going to sleep" });
      expect(await aborted.promise).toBe(true);
      expect(Buffer.concat([...pipe.seen["to-wing"], ...pipe.seen["to-browser"]]).includes("laptop")).toBe(false);
    },
  );

  test("by a broken network fails all calls, and those that follow", async () => {
    const pipe = new TappedPipe();
    const channels = await createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing });
    const { client, server, echo } = await tunnel({ channels });
    const feed = new Feed<Bytes>();
    const waiting = echo.echo(feed)[Symbol.asyncIterator]().next();
    pipe.browser.close("cable");
    expect(await codeOf(waiting)).toBe("Unavailable");
    expect(await codeOf(echo.ping({}))).toBe("Unavailable");
    await expect(client.ping()).rejects.toThrow(ChannelClosedError);
    expect((await server.closed).text).toBe("cable");
  });

  test("by silence is found by whoever waits", async () => {
    const { client, browserTimers } = await tunnel({ channels: await deafChannel() });
    for (let interval = 0; interval < 3; interval += 1) browserTimers.fire();
    expect(await client.closed).toMatchObject({ kind: "failed", error: { name: "PeerSilentError" } });
  });
});

/** Nothing arrives anywhere. */
async function deafChannel() {
  const pipe = new TappedPipe((_way, message, index) => (index === 0 ? [message] : []));
  return createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing });
}
