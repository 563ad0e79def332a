import type { OutgoingHttpHeaders } from "node:http";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { createLocalGuard, type LocalGuardOptions, WiderBindRefusedError } from "./local-guard.ts";
import { silentLog } from "./log.ts";
import { ManualClock } from "./manual-clock.ts";
import { type HttpListener, serve } from "./serve.ts";
import { send, sendRaw, sendUpgrade } from "./testing/http-request.ts";
import { CAN_BE_OTHER_USER, runAsOtherUser } from "./testing/other-user.ts";
import { MIN_TOKEN_CHARS, TOKEN_PATH, WeakTokenError } from "./token-gate.ts";

const open: HttpListener[] = [];
const clock = new ManualClock();
let handled = 0;

afterEach(async () => {
  handled = 0;
  for (const listener of open.splice(0)) await listener.close();
});

async function start(options: LocalGuardOptions = {}): Promise<number> {
  const listener = await serve({
    host: options.host,
    port: 0,
    guard: createLocalGuard({ clock, ...options }),
    handlers: [
      (_request, response) => {
        handled += 1;
        response.end("served");
        return true;
      },
    ],
    upgrades: {
      "/relay": (_request, socket) => {
        handled += 1;
        socket.end("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
      },
    },
    log: silentLog,
  });
  open.push(listener);
  return listener.port;
}

interface Case {
  readonly what: string;
  readonly method?: string;
  readonly headers: (port: number) => OutgoingHttpHeaders;
  readonly status: number;
}

const json = { "content-type": "application/json" };

const requests: readonly Case[] = [
  { what: "localhost", headers: (port) => ({ host: `localhost:${port}` }), status: 200 },
  { what: "LOCALHOST", headers: (port) => ({ host: `LOCALHOST:${port}` }), status: 200 },
  { what: "127.0.0.1", headers: (port) => ({ host: `127.0.0.1:${port}` }), status: 200 },
  { what: "[::1]", headers: (port) => ({ host: `[::1]:${port}` }), status: 200 },
  { what: "a foreign name (DNS rebinding)", headers: (port) => ({ host: `evil.example:${port}` }), status: 403 },
  {
    what: "a name that begins like ours",
    headers: (port) => ({ host: `localhost.evil.example:${port}` }),
    status: 403,
  },
  { what: "another port", headers: () => ({ host: "localhost:1" }), status: 403 },
  { what: "no port", headers: () => ({ host: "localhost" }), status: 403 },
  {
    what: "an address of this machine that is not loopback",
    headers: (port) => ({ host: `10.0.0.1:${port}` }),
    status: 403,
  },
  { what: "our own Origin", headers: (port) => ({ origin: `http://localhost:${port}` }), status: 200 },
  { what: "a foreign Origin", headers: () => ({ origin: "https://evil.example" }), status: 403 },
  { what: "Origin null", headers: () => ({ origin: "null" }), status: 403 },
  { what: "our name at another port", headers: () => ({ origin: "http://localhost:1" }), status: 403 },
  { what: "another name of ours than Host", headers: (port) => ({ origin: `http://127.0.0.1:${port}` }), status: 403 },
  {
    what: "a script of another site",
    headers: () => ({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }),
    status: 403,
  },
  {
    what: "a script of another port",
    headers: () => ({ "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }),
    status: 403,
  },
  {
    what: "a frame on another site",
    headers: () => ({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }),
    status: 403,
  },
  {
    what: "a link on another site",
    headers: () => ({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }),
    status: 200,
  },
  {
    what: "a form on another site",
    method: "POST",
    headers: () => ({
      ...json,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    }),
    status: 403,
  },
  { what: "JSON", method: "POST", headers: () => json, status: 200 },
  {
    what: "JSON with a charset",
    method: "POST",
    headers: () => ({ "content-type": "application/json; charset=utf-8" }),
    status: 200,
  },
  { what: "Connect", method: "POST", headers: () => ({ "content-type": "application/proto" }), status: 200 },
  {
    what: "a Connect stream",
    method: "POST",
    headers: () => ({ "content-type": "application/connect+proto" }),
    status: 200,
  },
  { what: "gRPC-Web", method: "POST", headers: () => ({ "content-type": "application/grpc-web+proto" }), status: 200 },
  {
    what: "a form",
    method: "POST",
    headers: () => ({ "content-type": "application/x-www-form-urlencoded" }),
    status: 415,
  },
  { what: "plain text", method: "POST", headers: () => ({ "content-type": "text/plain" }), status: 415 },
  {
    what: "text that hides JSON behind it",
    method: "POST",
    headers: () => ({ "content-type": "text/plain; application/json" }),
    status: 415,
  },
  {
    what: "a multipart form",
    method: "POST",
    headers: () => ({ "content-type": "multipart/form-data; boundary=a" }),
    status: 415,
  },
  { what: "no content type", method: "POST", headers: () => ({}), status: 415 },
  {
    what: "a CORS preflight",
    method: "OPTIONS",
    headers: () => ({ "access-control-request-method": "POST" }),
    status: 405,
  },
  { what: "PUT", method: "PUT", headers: () => json, status: 405 },
  { what: "DELETE", method: "DELETE", headers: () => ({}), status: 405 },
  { what: "a proxy in front", headers: () => ({ "x-forwarded-for": "10.0.0.9" }), status: 403 },
];

describe("local mode", () => {
  test.each(requests)("a request with $what: $status", async ({ method = "GET", headers, status }) => {
    const port = await start();
    const answer = await send({ port, method, headers: headers(port) });
    expect({ status: answer.status, handled }).toEqual({ status, handled: status === 200 ? 1 : 0 });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    if (status !== 200) expect(Object.keys(JSON.parse(answer.body)).sort()).toEqual(["code", "message"]);
  });

  test.each([
    { what: "no Origin, as a wing sends it", headers: () => ({}), status: 101 },
    { what: "our own Origin", headers: (port: number) => ({ origin: `http://localhost:${port}` }), status: 101 },
    { what: "a foreign Origin", headers: () => ({ origin: "https://evil.example" }), status: 403 },
    { what: "Origin null", headers: () => ({ origin: "null" }), status: 403 },
    { what: "a foreign Host", headers: (port: number) => ({ host: `evil.example:${port}` }), status: 403 },
    { what: "a foreign site", headers: () => ({ "sec-fetch-site": "cross-site" }), status: 403 },
  ])("an upgrade with $what: $status", async ({ headers, status }) => {
    const port = await start();
    const answer = await sendUpgrade({ port, headers: headers(port) });
    answer.socket?.destroy();
    expect({ status: answer.status, handled }).toEqual({ status, handled: status === 101 ? 1 : 0 });
  });

  test.each([
    { what: "none", lines: () => "" },
    { what: "an empty one", lines: () => "host:\r\n" },
    { what: "ours, then a foreign one", lines: (port: number) => `host: localhost:${port}\r\nhost: evil.example\r\n` },
    { what: "a foreign one, then ours", lines: (port: number) => `host: evil.example\r\nhost: localhost:${port}\r\n` },
    { what: "ours, and two Origins", lines: (port: number) => twoOrigins(port) },
  ])("Host headers that are not exactly one are refused: $what", async ({ lines }) => {
    const port = await start();
    const answer = await sendRaw(port, `GET / HTTP/1.0\r\n${lines(port)}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(handled).toBe(0);
  });

  const twoOrigins = (port: number) =>
    `host: localhost:${port}\r\norigin: http://localhost:${port}\r\norigin: https://evil.example\r\n`;

  test("a foreign Origin is seen behind any number of other headers", async () => {
    const port = await start();
    const padding = "a:\r\n".repeat(2_500);
    const lines = `host: localhost:${port}\r\n${padding}origin: https://evil.example\r\n`;
    expect(await sendRaw(port, `GET / HTTP/1.0\r\n${lines}\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test("a whole URL in place of a path is refused", async () => {
    const port = await start();
    expect((await send({ port, path: `http://localhost:${port}/` })).status).toBe(400);
  });

  test.skipIf(!CAN_BE_OTHER_USER).each(["127.0.0.1", "[::1]"])(
    "another user of this machine is refused at %s (needs root to become one)",
    async (address) => {
      const port = await start();
      const answer = await runAsOtherUser(["curl", "-sS", "-w", "\n%{http_code}", `http://${address}:${port}/`]);
      const [body = "", status] = answer.split("\n");
      expect({ status, handled, body: JSON.parse(body) }).toEqual({
        status: "403",
        handled: 0,
        body: { code: "permission_denied", message: expect.stringMatching(/another user.+Start your own/) },
      });
    },
  );

  test.skipIf(!CAN_BE_OTHER_USER)("another user's upgrade is refused (needs root to become one)", async () => {
    const port = await start();
    const upgrade = ["-H", "Connection: Upgrade", "-H", "Upgrade: websocket"];
    const url = `http://127.0.0.1:${port}/relay`;
    const answer = await runAsOtherUser(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", ...upgrade, url]);
    expect({ answer, handled }).toEqual({ answer: "403", handled: 0 });
  });

  test("a connection whose user cannot be found is refused", async () => {
    const port = await start({ peerUser: async () => ({ kind: "unknown" }) });
    expect((await send({ port })).status).toBe(403);
  });

  test("where the system tells no users, the same-origin checks stand alone", async () => {
    const port = await start({ peerUser: async () => ({ kind: "unsupported" }), ownUid: undefined });
    expect((await send({ port })).status).toBe(200);
    expect((await send({ port, headers: { host: "evil.example" } })).status).toBe(403);
  });
});

const token = "a-token-of-thirty-two-characters";
const bearer = { authorization: `Bearer ${token}` };

describe("a wider bind", () => {
  test.each(["0.0.0.0", "::", "192.168.1.5", "wing.local", "127.evil.example"])(
    "to %s without a token is refused, and the error says what to do",
    (host) => {
      expect(() => createLocalGuard({ host })).toThrow(WiderBindRefusedError);
      expect(() => createLocalGuard({ host })).toThrow(/WT_ROOST_TOKEN/);
    },
  );

  test.each(["127.0.0.1", "::1", "127.0.0.2", "localhost", undefined])("to %s needs no token", (host) => {
    expect(() => createLocalGuard({ host })).not.toThrow();
  });

  test.each([
    { chars: MIN_TOKEN_CHARS - 1, weak: true },
    { chars: MIN_TOKEN_CHARS, weak: false },
    { chars: MIN_TOKEN_CHARS + 1, weak: false },
  ])("a token of $chars characters is weak: $weak", ({ chars, weak }) => {
    const make = () => createLocalGuard({ host: "0.0.0.0", token: "a".repeat(chars) });
    if (weak) expect(make).toThrow(WeakTokenError);
    else expect(make).not.toThrow();
  });

  const stranger = { "x-forwarded-for": "10.0.0.9" };

  test.each([
    { what: "nothing", headers: {}, status: 401 },
    { what: "another token", headers: { authorization: "Bearer something-else-altogether" }, status: 401 },
    { what: "another scheme", headers: { authorization: `Basic ${token}` }, status: 401 },
    { what: "a made-up cookie", headers: { cookie: `wt_roost=${token}` }, status: 401 },
    { what: "the token", headers: bearer, status: 200 },
    { what: "the token from a foreign page", headers: { ...bearer, origin: "https://evil.example" }, status: 403 },
    { what: "the token to a foreign name", headers: { ...bearer, host: "evil.example" }, status: 403 },
  ])("someone from elsewhere who shows $what: $status", async ({ headers, status }) => {
    const port = await start({ host: "0.0.0.0", token });
    expect((await send({ port, headers: { ...stranger, ...headers } })).status).toBe(status);
    expect(handled).toBe(status === 200 ? 1 : 0);
  });

  test("this user on this machine needs no token", async () => {
    const port = await start({ host: "0.0.0.0", token });
    expect((await send({ port })).status).toBe(200);
    expect((await send({ port, headers: { host: `10.0.0.1:${port}` } })).status).toBe(401);
  });

  test.skipIf(!CAN_BE_OTHER_USER)("another user of this machine does (needs root to become one)", async () => {
    const port = await start({ host: "0.0.0.0", token });
    const status = (...more: string[]) =>
      runAsOtherUser(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", ...more, `http://127.0.0.1:${port}/`]);
    expect(await status()).toBe("401");
    expect(await status("-H", `Authorization: Bearer ${token}`)).toBe("200");
  });

  const ownAddress = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal)?.address;

  test.skipIf(ownAddress === undefined)(
    "who comes over the network needs the token (this host has no network)",
    async () => {
      const port = await start({ host: "0.0.0.0", token });
      const address = ownAddress ?? "";
      const headers = { host: `${address}:${port}` };
      expect((await send({ port, address, headers })).status).toBe(401);
      expect((await sendUpgrade({ port, address, headers })).status).toBe(401);
      expect((await send({ port, address, headers: { ...headers, ...bearer } })).status).toBe(200);
    },
  );

  test("a name that is listed may stand in Host", async () => {
    const port = await start({ host: "0.0.0.0", token, allowedHosts: ["wing.example.org"] });
    const request = { port, headers: { ...stranger, ...bearer, host: "Wing.example.org:8443" } };
    expect((await send(request)).status).toBe(200);
  });

  test("a browser is asked for the token, and then remembered by a cookie that is not the token", async () => {
    const port = await start({ host: "0.0.0.0", token });
    const page = await send({ port, path: "/s/1?a=%22%3E", headers: { ...stranger, accept: "text/html" } });
    expect(page.status).toBe(401);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(page.body).toContain('name="next" value="/s/1?a=%22%3E"');

    const answer = await submit(port, { token, next: "/s/1" });
    expect({ status: answer.status, location: answer.headers.location }).toEqual({ status: 303, location: "/s/1" });
    const cookie = answer.headers["set-cookie"]?.[0] ?? "";
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax; Path=\//);
    expect(cookie).not.toContain(token);

    const again = await send({ port, headers: { ...stranger, cookie: `a=b; ${cookie.split(";")[0]}` } });
    expect(again.status).toBe(200);
  });

  test.each(["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\r\nset-cookie: a=b", ""])(
    "the form leads nowhere else: %j",
    async (next) => {
      const port = await start({ host: "0.0.0.0", token });
      expect((await submit(port, { token, next })).headers.location).toBe("/");
    },
  );

  test("a wrong token in the form is told, and a form that is too long ends unread", async () => {
    const port = await start({ host: "0.0.0.0", token });
    const wrong = await submit(port, { token: "<b>wrong</b>" });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toContain("That is not the token");
    expect(wrong.body).not.toContain("<b>");
    expect((await submit(port, { token, padding: "a".repeat(5_000) })).headers["set-cookie"]).toBeUndefined();
  });

  test("a foreign page cannot send the form", async () => {
    const port = await start({ host: "0.0.0.0", token });
    expect((await submit(port, { token }, { origin: "https://evil.example" })).status).toBe(403);
  });

  test("guessing ends after ten wrong tokens, until the address has rested", async () => {
    const port = await start({ host: "0.0.0.0", token });
    const guess = (authorization: string) => send({ port, headers: { ...stranger, authorization } });
    for (let i = 0; i < 10; i += 1) expect((await guess(`Bearer wrong-${i}`)).status).toBe(401);
    expect((await guess(`Bearer ${token}`)).status).toBe(429);
    clock.advance(5_000);
    expect((await guess(`Bearer ${token}`)).status).toBe(200);
  });

  function submit(port: number, fields: Record<string, string>, headers: OutgoingHttpHeaders = {}) {
    const form = { "content-type": "application/x-www-form-urlencoded", ...stranger };
    const body = new URLSearchParams(fields).toString();
    return send({ port, method: "POST", path: TOKEN_PATH, headers: { ...form, ...headers }, body });
  }
});
