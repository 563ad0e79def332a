import { afterEach, describe, expect, test } from "vitest";
import { codeOf } from "./testing/call-outcome.ts";
import { Feed, useTunnels } from "./testing/tunnel-pair.ts";
import { MAX_MESSAGE_BYTES, MAX_STREAMS } from "./tunnel-limits.ts";

type Bytes = { value: Uint8Array };

const tunnel = useTunnels(afterEach);

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
