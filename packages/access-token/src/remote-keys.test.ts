import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  FAILURE_COOLDOWN_MS,
  KEYS_FRESH_MS,
  KEYS_STALE_MS,
  keysFromUrl,
  MAX_JWKS_BYTES,
  UNKNOWN_KEY_COOLDOWN_MS,
} from "./remote-keys.ts";
import { newRoostKey, type RoostKey } from "./testing/roost-key.ts";
import { KeysUnavailableError } from "./token-error.ts";
import type { TokenVerifierKeys } from "./verify.ts";

let first: RoostKey;
let second: RoostKey;
let server: Server;
let answer: { status: number; body: string };
let asked: number;
let nowMs: number;
let keys: TokenVerifierKeys;

beforeAll(async () => {
  first = await newRoostKey("k1");
  second = await newRoostKey("k2");
});

beforeEach(async () => {
  asked = 0;
  nowMs = 0;
  publish(first);
  server = createServer((_, response) => {
    asked += 1;
    response.writeHead(answer.status, { location: "/elsewhere" }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  keys = keysFromUrl({ url: `http://127.0.0.1:${port}/.well-known/jwks.json`, monotonicMs: () => nowMs });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function publish(...published: RoostKey[]) {
  answer = { status: 200, body: JSON.stringify({ keys: published.flatMap((key) => key.published.keys) }) };
}

describe("keys behind a URL", () => {
  test("are fetched once, however many ask at once", async () => {
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.keyFor("k1")));
    expect(found.every((key) => key !== undefined)).toBe(true);
    expect(asked).toBe(1);
  });

  test("a new key is seen as soon as a token names it, when the last fetch is old enough", async () => {
    await keys.keyFor("k1");
    publish(first, second);
    nowMs = UNKNOWN_KEY_COOLDOWN_MS - 1;
    expect(await keys.keyFor("k2")).toBeUndefined();
    nowMs = UNKNOWN_KEY_COOLDOWN_MS;
    expect(await keys.keyFor("k2")).toBeDefined();
    expect(asked).toBe(2);
  });

  test("made-up key ids do not make the roost answer again and again", async () => {
    for (let i = 0; i < 100; i += 1) expect(await keys.keyFor(`made-up-${i}`)).toBeUndefined();
    expect(asked).toBe(1);
  });

  test("a retired key is forgotten after the fresh time", async () => {
    await keys.keyFor("k1");
    publish(second);
    nowMs = KEYS_FRESH_MS - 1;
    expect(await keys.keyFor("k1")).toBeDefined();
    nowMs = KEYS_FRESH_MS;
    expect(await keys.keyFor("k1")).toBeUndefined();
  });

  test("a roost that is away is bridged for the stale time and no longer", async () => {
    await keys.keyFor("k1");
    answer = { status: 503, body: "" };
    nowMs = KEYS_STALE_MS - 1;
    expect(await keys.keyFor("k1")).toBeDefined();
    nowMs = KEYS_STALE_MS + FAILURE_COOLDOWN_MS;
    await expect(keys.keyFor("k1")).rejects.toThrow(KeysUnavailableError);
  });

  test("after a failure the roost is left alone for a moment, then asked again", async () => {
    answer = { status: 500, body: "" };
    for (let i = 0; i < 10; i += 1) await expect(keys.keyFor("k1")).rejects.toThrow(KeysUnavailableError);
    expect(asked).toBe(1);
    publish(first);
    nowMs = FAILURE_COOLDOWN_MS;
    expect(await keys.keyFor("k1")).toBeDefined();
  });

  const padded = (bytes: number) => {
    const body = JSON.stringify({ keys: first.published.keys });
    return body + " ".repeat(bytes - body.length);
  };

  test.each([
    { what: "a redirect", status: 302, body: "" },
    { what: "no JSON", status: 200, body: "<html>" },
    { what: "no key set", status: 200, body: '{"keys":"none"}' },
    {
      what: "a symmetric key",
      status: 200,
      body: '{"keys":[{"kty":"oct","k":"AAAA","kid":"k1","alg":"ES256","use":"sig"}]}',
    },
  ])("$what is refused", async ({ status, body }) => {
    answer = { status, body };
    await expect(keys.keyFor("k1")).rejects.toThrow(KeysUnavailableError);
  });

  test("a set of one byte too many is refused", async () => {
    answer = { status: 200, body: padded(MAX_JWKS_BYTES + 1) };
    await expect(keys.keyFor("k1")).rejects.toThrow(KeysUnavailableError);
  });

  test.each([MAX_JWKS_BYTES - 1, MAX_JWKS_BYTES])("a set of %i bytes is read", async (bytes) => {
    answer = { status: 200, body: padded(bytes) };
    expect(await keys.keyFor("k1")).toBeDefined();
  });

  test("a private key that a roost publishes by mistake is not kept", async () => {
    const body = { keys: [{ ...first.published.keys[0], d: "A".repeat(43) }] };
    answer = { status: 200, body: JSON.stringify(body) };
    expect((await keys.keyFor("k1"))?.type).toBe("public");
  });
});
