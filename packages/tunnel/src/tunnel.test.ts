import {
  Code,
  ConnectError,
  createClient,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from "@connectrpc/connect";
import { ChannelClosedError } from "@wingthing/sealed-channel/channel-errors";
import { createChannelPair } from "@wingthing/sealed-channel/testing/channel-pair";
import { TappedPipe } from "@wingthing/sealed-channel/testing/tapped-pipe";
import { webCryptoAead } from "@wingthing/sealed-channel/webcrypto-aead";
import { afterEach, describe, expect, test } from "vitest";
import { CHUNK_BYTES, EchoService } from "./testing/echo-service.ts";
import { createTunnelPair, ECHO, Feed, type TunnelPair, type TunnelPairOptions } from "./testing/tunnel-pair.ts";
import { createTunnelClient } from "./tunnel-client.ts";
import { CHANNEL_WINDOW_BYTES, MAX_MESSAGE_BYTES, MAX_STREAMS, STREAM_WINDOW_BYTES } from "./tunnel-limits.ts";
import { serveTunnel, TUNNEL_ROUTER_OPTIONS } from "./tunnel-server.ts";

type Bytes = { value: Uint8Array };

const open: TunnelPair[] = [];
afterEach(() => {
  for (const pair of open.splice(0)) pair[Symbol.dispose]();
});

async function tunnel(options?: TunnelPairOptions): Promise<TunnelPair> {
  const pair = await createTunnelPair(options);
  open.push(pair);
  return pair;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ConnectError ? Code[error.code] : `no ConnectError but ${String(error)}`;
}

async function all(messages: AsyncIterable<Bytes>): Promise<number[]> {
  const lengths: number[] = [];
  for await (const { value } of messages) lengths.push(value.length);
  return lengths;
}

/** A promise, and how far it is. */
function watched<T>(promise: Promise<T>): { settled: boolean } {
  const watch = { settled: false };
  const settle = () => {
    watch.settled = true;
  };
  promise.then(settle, settle);
  return watch;
}

/** Lets everything happen that needs no more input: several turns of the event loop. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe.each([
  ["Node at both ends", {}],
  ["WebCrypto in the browser", { browserAead: webCryptoAead }],
])("calls, with %s", (_name, ciphers) => {
  test("of one message each way", async () => {
    const { echo } = await tunnel(ciphers);
    expect((await echo.ping({ value: Uint8Array.of(1, 2, 3) })).value).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("with a stream down", async () => {
    const { echo } = await tunnel(ciphers);
    expect(await all(echo.flood({ value: 100 }))).toEqual(Array.from({ length: 100 }, () => CHUNK_BYTES));
  });

  test("with a stream up", async () => {
    const { echo } = await tunnel(ciphers);
    async function* source() {
      for (let index = 0; index < 100; index += 1) yield { value: new Uint8Array(CHUNK_BYTES) };
    }
    expect((await echo.count(source())).value).toBe(100 * CHUNK_BYTES);
  });

  test("with both, message by message", async () => {
    const { echo } = await tunnel(ciphers);
    const feed = new Feed<Bytes>();
    const replies = echo.echo(feed)[Symbol.asyncIterator]();
    for (let index = 0; index < 50; index += 1) {
      feed.push({ value: Uint8Array.of(index) });
      expect((await replies.next()).value).toMatchObject({ value: Uint8Array.of(index) });
    }
    feed.end();
    expect(await replies.next()).toMatchObject({ done: true });
  });

  test("of many at once, each with its own answer", async () => {
    const { echo } = await tunnel(ciphers);
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => echo.ping({ value: new Uint8Array(index * 100) })),
    );
    expect(replies.map(({ value }) => value.length)).toEqual(Array.from({ length: 100 }, (_, index) => index * 100));
  });
});

test("a call takes one record each way", async () => {
  const pipe = new TappedPipe();
  const channels = await createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing });
  const { echo } = await tunnel({ channels });
  await echo.ping({ value: Uint8Array.of(1) });
  await quiet();
  expect(pipe.seen["to-wing"]).toHaveLength(1 + 1);
  expect(pipe.seen["to-browser"]).toHaveLength(1 + 1);
});

test("a keystroke and its echo take one record each way", async () => {
  const pipe = new TappedPipe();
  const channels = await createChannelPair({ browserPipe: pipe.browser, wingPipe: pipe.wing });
  const { echo } = await tunnel({ channels });
  const feed = new Feed<Bytes>();
  const replies = echo.echo(feed)[Symbol.asyncIterator]();
  feed.push({ value: Uint8Array.of(0) });
  await replies.next();
  await quiet();
  const before = [pipe.seen["to-wing"].length, pipe.seen["to-browser"].length];
  for (let index = 0; index < 10; index += 1) {
    feed.push({ value: Uint8Array.of(index) });
    await replies.next();
    await quiet();
  }
  expect([pipe.seen["to-wing"].length, pipe.seen["to-browser"].length]).toEqual(before.map((count) => count + 10));
});

describe("errors", () => {
  test("of a handler reach the caller with their code, words and details", async () => {
    const { echo } = await tunnel({
      answers: {
        ping: () => {
          throw new ConnectError("locked", Code.PermissionDenied, { "x-reason": "passkey" });
        },
      },
    });
    const error = await echo.ping({}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: Code.PermissionDenied, rawMessage: "locked" });
    expect((error as ConnectError).metadata.get("x-reason")).toBe("passkey");
  });

  test("that are not ConnectErrors tell nothing", async () => {
    const { echo } = await tunnel({
      answers: {
        ping: () => {
          throw new Error("/home/someone/.ssh/id_ed25519 is missing");
        },
      },
    });
    const error = await echo.ping({}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: Code.Internal });
    expect(String(error)).not.toContain("ssh");
  });

  test("in the middle of a stream come after what was sent before", async () => {
    const { echo } = await tunnel({
      answers: {
        async *flood() {
          yield { value: Uint8Array.of(1) };
          throw new ConnectError("gone", Code.DataLoss);
        },
      },
    });
    const replies = echo.flood({ value: 1 })[Symbol.asyncIterator]();
    expect(await replies.next()).toMatchObject({ done: false });
    expect(await codeOf(replies.next())).toBe("DataLoss");
  });

  test("for a method that the wing does not have say what to do", async () => {
    const [browser, wing] = await createChannelPair();
    const server = serveTunnel(wing, []);
    const client = createTunnelClient(browser);
    const error = await createClient(EchoService, client.transport)
      .ping({})
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: Code.Unimplemented,
      rawMessage: "the wing has no such method: update it with `wt update`",
    });
    client.close();
    await server.closed;
  });

  test("outside of Connect's own handling are told to the wing, and fail the call", async () => {
    const [browser, wing] = await createChannelPair();
    const failures: unknown[] = [];
    const { handlers } = createConnectRouter(TUNNEL_ROUTER_OPTIONS).service(EchoService, ECHO);
    const broken = handlers.map((handler) => Object.assign(() => Promise.reject(new Error("a bug")), handler));
    const server = serveTunnel(wing, broken, {
      onHandlerFailure: (path, error) => failures.push([path, String(error)]),
    });
    const client = createTunnelClient(browser);
    expect(await codeOf(createClient(EchoService, client.transport).ping({}))).toBe("Internal");
    expect(failures).toEqual([["/wingthing.testing.v1.EchoService/Ping", "Error: a bug"]]);
    server.close();
    await client.closed;
  });
});

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
  expect(await all(echo.echo(feed))).toEqual([1]);
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

test("a ping measures the way there and back, from either end", async () => {
  let now = 100;
  const { client, server } = await tunnel({ now: () => now });
  const pinged = client.ping();
  now = 107.5;
  expect(await pinged).toBe(7.5);
  expect(await server.ping()).toBeGreaterThanOrEqual(0);
});

test("a handler finds the context that the wing gives each call", async () => {
  const person = createContextKey("nobody");
  const { echo } = await tunnel({
    answers: { ping: (_request, { values }) => ({ value: Buffer.from(values.get(person)) }) },
    server: {
      contextValues: (request) => createContextValues().set(person, `caller of ${new URL(request.url).pathname}`),
    },
  });
  const { value } = await echo.ping({});
  expect(Buffer.from(value).toString()).toBe("caller of /wingthing.testing.v1.EchoService/Ping");
});

describe("a message", () => {
  const overhead = 1 + 4;
  test.each([
    [MAX_MESSAGE_BYTES - 1, true],
    [MAX_MESSAGE_BYTES, true],
    [MAX_MESSAGE_BYTES + 1, false],
  ])("of %i bytes fits through: %s", async (bytes, fits) => {
    const { echo } = await tunnel();
    const value = new Uint8Array(bytes - overhead).fill(1);
    if (fits) expect((await echo.ping({ value })).value).toHaveLength(value.length);
    else expect(await codeOf(echo.ping({ value }))).toBe("ResourceExhausted");
  });
});

describe("headers", () => {
  async function withHeader(characters: number): Promise<string> {
    const { echo } = await tunnel({
      answers: { ping: (_request, { requestHeader }) => ({ value: Buffer.from(requestHeader.get("x") ?? "") }) },
    });
    return codeOf(echo.ping({}, { headers: { x: "v".repeat(characters) } }).then(({ value }) => value.length));
  }

  test("of a call may have 16 KiB with its path, and not a byte more", async () => {
    // What Connect adds is found by search, not by arithmetic: the largest that passes, and the next one does not.
    let [low, high] = [0, 16 * 1024];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((await withHeader(middle)).startsWith("no ConnectError")) low = middle;
      else high = middle;
    }
    expect(low).toBeGreaterThan(15 * 1024);
    expect(await withHeader(low)).toContain("no ConnectError");
    expect(await withHeader(low + 1)).toBe("ResourceExhausted");
  });

  test("of a response that are too long fail the call, and only it", async () => {
    const { echo } = await tunnel({
      answers: {
        ping: (request, { responseHeader }) => {
          if (request.value.length > 0) responseHeader.set("x", "v".repeat(20_000));
          return request;
        },
      },
    });
    expect(await codeOf(echo.ping({ value: Uint8Array.of(1) }))).toBe("ResourceExhausted");
    expect((await echo.ping({})).value).toHaveLength(0);
  });

  test("of Latin-1 text arrive as they were", async () => {
    const { echo } = await tunnel({
      answers: {
        ping: (_request, { requestHeader }) => ({ value: Buffer.from(requestHeader.get("x") ?? "", "latin1") }),
      },
    });
    const { value } = await echo.ping({}, { headers: { x: "\u00e9\u00ff" } });
    expect([...value]).toEqual([0xe9, 0xff]);
  });
});

describe("calls at once", () => {
  test.each([
    [MAX_STREAMS - 1, true],
    [MAX_STREAMS, true],
    [MAX_STREAMS + 1, false],
  ])("may be %i: %s", async (count, fits) => {
    const { echo } = await tunnel();
    const feeds = Array.from({ length: count }, () => new Feed<Bytes>());
    const firsts = feeds.map((feed) => {
      feed.push({ value: Uint8Array.of(1) });
      return echo.echo(feed)[Symbol.asyncIterator]().next();
    });
    const codes = await Promise.all(firsts.map(codeOf));
    expect(codes.filter((code) => code === "ResourceExhausted")).toHaveLength(fits ? 0 : 1);
    for (const feed of feeds) feed.end();
  });

  test("are counted until their response was read, and then make room", async () => {
    const { echo } = await tunnel();
    for (let round = 0; round < 3; round += 1) {
      const calls = Array.from({ length: MAX_STREAMS }, () => echo.ping({ value: Uint8Array.of(1) }));
      expect((await Promise.all(calls)).length).toBe(MAX_STREAMS);
    }
  });
});

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
      const lengths = await all(echo.flood({ value: 50 }));
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
    const watch = watched(all(echo.flood({ value: 200 })));
    for (let turn = 0; turn < 50 && !watch.settled; turn += 1) await quiet();
    expect(watch.settled).toBe(true);
  });
});
