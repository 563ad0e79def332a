import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { ending, readAll, socketPair } from "../testing/socket-pair.ts";
import { splice } from "./splice.ts";

/** A client and a server with a splice between them. */
async function spliced(
  more: { admit?: () => Promise<void>; limits?: { idleMs: number; halfClosedIdleMs: number } } = {},
) {
  const client = await socketPair();
  const server = await socketPair();
  const over = splice({ client: client.accepted, upstream: server.connected, ...more });
  return {
    client: client.connected,
    server: server.accepted,
    inner: { client: client.accepted, upstream: server.connected },
    over,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await over.catch(() => undefined);
    },
  };
}

test("bytes go both ways, and each direction ends by itself", async () => {
  await using between = await spliced();
  between.client.end("request");
  expect(await readAll(between.server)).toBe("request");
  between.server.end("answer after the request has ended");
  expect(await readAll(between.client)).toBe("answer after the request has ended");
  await between.over;
});

test("the server may end first and still be heard out", async () => {
  await using between = await spliced();
  between.server.end("banner");
  expect(await readAll(between.client)).toBe("banner");
  between.client.end("bye");
  expect(await readAll(between.server)).toBe("bye");
  await between.over;
});

describe("a fault of one side resets the other", () => {
  test("of the client", async () => {
    await using between = await spliced();
    between.client.write("x");
    await once(between.server, "data");
    between.client.resetAndDestroy();
    expect(await ending(between.server)).toBe("reset");
    await between.over;
  });

  test("of the upstream, in the middle of an answer", async () => {
    await using between = await spliced();
    between.server.write("half an ans");
    await once(between.client, "data");
    between.server.resetAndDestroy();
    expect(await ending(between.client)).toBe("reset");
    await between.over;
  });

  test("of an upstream that is gone before it begins", async () => {
    await using client = await socketPair();
    await using server = await socketPair();
    server.connected.destroy();
    await once(server.connected, "close");
    await splice({ client: client.accepted, upstream: server.connected });
    expect(await ending(client.connected.resume())).toBe("reset");
  });
});

test("a reader that stops makes the writer stop, and memory stays bounded", async () => {
  await using between = await spliced();
  const chunk = Buffer.alloc(1 << 20, 7);
  let written = 0;
  // The kernel's buffers of four sockets on loopback take some megabytes; 256 would be a buffer without a bound.
  while (written < 256 && between.server.write(chunk)) written += 1;
  while (written < 256) {
    const drained = await Promise.race([
      once(between.server, "drain").then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, 300, false)),
    ]);
    if (!drained) break;
    between.server.write(chunk);
    written += 1;
  }
  expect(written).toBeLessThan(64);
  expect(between.inner.client.writableLength).toBeLessThan(1 << 20);
  let read = 0;
  between.server.end();
  for await (const part of between.client) read += part.length;
  expect(read % chunk.length).toBe(0);
  expect(read).toBeGreaterThan(written * chunk.length - 1);
});

describe("a splice that stands still", () => {
  test("is reset after its idle time", async () => {
    await using between = await spliced({ limits: { idleMs: 30, halfClosedIdleMs: 10_000 } });
    expect(await ending(between.client.resume())).toBe("reset");
    expect(await ending(between.server.resume())).toBe("reset");
    await between.over;
  });

  test("is reset sooner when one side is done", async () => {
    await using between = await spliced({ limits: { idleMs: 60_000, halfClosedIdleMs: 30 } });
    between.client.end("x");
    expect(await ending(between.client.resume())).toBe("reset");
    await between.over;
  });
});

describe("admission", () => {
  test("the upstream may speak before the client is admitted, the client may not", async () => {
    const gate = Promise.withResolvers<void>();
    await using between = await spliced({ admit: () => gate.promise });
    between.client.write("early");
    between.server.write("banner");
    expect(String((await once(between.client, "data"))[0])).toBe("banner");
    expect(between.server.bytesRead).toBe(0);
    gate.resolve();
    expect(String((await once(between.server, "data"))[0])).toBe("early");
  });

  test("a client that is not admitted keeps its connection, and its bytes never leave", async () => {
    await using between = await spliced({ admit: async () => Promise.reject(new Error("no")) });
    between.client.write("secret");
    await expect(between.over).rejects.toThrow("no");
    expect(await ending(between.server.resume())).toBe("reset");
    expect(between.server.bytesRead).toBe(0);
    expect(between.inner.client.destroyed).toBe(false);
    between.inner.client.write("refused");
    expect(String((await once(between.client, "data"))[0])).toBe("refused");
  });
});
