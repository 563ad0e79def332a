import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "./log.ts";
import { type HttpListener, serve } from "./serve.ts";
import { staticFiles } from "./static-files.ts";
import { send, sendRaw } from "./testing/http-request.ts";

const folder = mkdtempSync(join(tmpdir(), "wt-static-"));
const root = join(folder, "dist");
const SECRET = "outside of the root";
let listener: HttpListener;

beforeAll(async () => {
  mkdirSync(join(root, "assets"), { recursive: true });
  mkdirSync(join(root, ".git"));
  writeFileSync(join(folder, "secret.txt"), SECRET);
  writeFileSync(join(root, "index.html"), "<!doctype html><title>client</title>");
  writeFileSync(join(root, "egg.svg"), "<svg/>");
  writeFileSync(join(root, "assets", "app-Ab12.js"), "export {};");
  writeFileSync(join(root, "assets", "app-Ab12.js.br"), brotliCompressSync("export {};"));
  writeFileSync(join(root, "assets", "data.bin"), "?");
  writeFileSync(join(root, ".git", "config"), SECRET);
  symlinkSync(join(folder, "secret.txt"), join(root, "link.txt"));
  symlinkSync(folder, join(root, "up"));
  listener = await serve({ port: 0, handlers: [staticFiles(root)], log: silentLog });
});

afterAll(async () => {
  await listener.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => send({ port: listener.port, path, headers });
const page = { accept: "text/html,application/xhtml+xml" };

describe("the built client", () => {
  test.each(["/", "/w/waaaaaaaaaaaaaaaaaaaa/s/saaaaaaaaaaaaaaaa", "/settings?tab=1"])(
    "%s is the page",
    async (path) => {
      const { status, headers, body } = await get(path, page);
      expect({ status, body }).toEqual({ status: 200, body: "<!doctype html><title>client</title>" });
      expect(headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" });
    },
  );

  test("the page's policy lets in its own scripts, and sockets to its own host, and no frame", async () => {
    const policy = (await get("/", page)).headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://localhost:${listener.port} wss://localhost:${listener.port}`);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test("a Host that would break out of the policy is left out of it", async () => {
    const policy = (await get("/", { ...page, host: "a; script-src *" })).headers["content-security-policy"];
    expect(policy).toMatch(/connect-src 'self'$/);
  });

  test.each([
    ["/egg.svg", "image/svg+xml", "no-cache"],
    ["/assets/app-Ab12.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
    ["/assets/data.bin", "application/octet-stream", "public, max-age=31536000, immutable"],
  ])("%s is %s, %s", async (path, type, cache) => {
    const { status, headers } = await get(path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": type,
      "cache-control": cache,
      "x-content-type-options": "nosniff",
    });
  });

  test.each([
    ["br", "br"],
    ["gzip, br;q=0.5", "br"],
    ["gzip, br;q=0", undefined],
    ["gzip", undefined],
    [undefined, undefined],
  ])("who accepts %s gets %s", async (accepted, encoding) => {
    const { headers, body } = await get(
      "/assets/app-Ab12.js",
      accepted === undefined ? {} : { "accept-encoding": accepted },
    );
    expect(headers["content-encoding"]).toBe(encoding);
    expect(headers.vary).toBe("accept-encoding");
    if (encoding === undefined) expect(body).toBe("export {};");
  });

  test("a file that has not changed is not sent again", async () => {
    const { etag } = (await get("/egg.svg")).headers;
    expect(await get("/egg.svg", { "if-none-match": String(etag) })).toMatchObject({ status: 304, body: "" });
  });

  test("HEAD has the headers alone", async () => {
    const { status, headers, body } = await send({ port: listener.port, method: "HEAD", path: "/egg.svg" });
    expect({ status, length: headers["content-length"], body }).toEqual({ status: 200, length: "6", body: "" });
  });

  test.each(["/assets/gone-1234.js", "/missing.txt", "/api/thing", "/.well-known/nothing", "/assets/"])(
    "%s is missing, and is not the page",
    async (path) => {
      expect((await get(path, path === "/api/thing" ? {} : page)).status).toBe(404);
    },
  );

  test.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "/assets/%00",
    "//etc/passwd",
    "/link.txt",
    "/up/secret.txt",
    "/.git/config",
    "/assets",
    "/%",
  ])("%s leads nowhere", async (path) => {
    const answer = await sendRaw(listener.port, `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain(SECRET);
  });

  test("POST is not for files", async () => {
    expect((await send({ port: listener.port, method: "POST", path: "/" })).status).toBe(404);
  });

  test("a client that was never built is said to be missing, and how to build it", async () => {
    const empty = await serve({ port: 0, handlers: [staticFiles(join(folder, "nothing"))], log: silentLog });
    const { status, body } = await send({ port: empty.port, headers: page });
    expect({ status, message: JSON.parse(body).message }).toEqual({
      status: 404,
      message: "The web client is not built here. Run: npm start",
    });
    await empty.close();
  });
});
