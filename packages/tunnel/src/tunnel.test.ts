import {
  Code,
  ConnectError,
  createClient,
  createConnectRouter,
  createContextKey,
  createContextValues,
} from "@connectrpc/connect";
import { createChannelPair } from "@wingthing/sealed-channel/testing/channel-pair";
import { TappedPipe } from "@wingthing/sealed-channel/testing/tapped-pipe";
import { webCryptoAead } from "@wingthing/sealed-channel/webcrypto-aead";
import { afterEach, describe, expect, test } from "vitest";
import { codeOf, lengthsOf, quiet } from "./testing/call-outcome.ts";
import { CHUNK_BYTES, EchoService } from "./testing/echo-service.ts";
import { ECHO, Feed, useTunnels } from "./testing/tunnel-pair.ts";
import { createTunnelClient } from "./tunnel-client.ts";
import { serveTunnel, TUNNEL_ROUTER_OPTIONS } from "./tunnel-server.ts";

type Bytes = { value: Uint8Array };

const tunnel = useTunnels(afterEach);

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
    expect(await lengthsOf(echo.flood({ value: 100 }))).toEqual(Array.from({ length: 100 }, () => CHUNK_BYTES));
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
