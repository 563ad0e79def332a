import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { AddressUnavailableError, PortTakenError } from "./listen-error.ts";
import type { RequestHandler, UpgradeHandler } from "./request-handler.ts";
import { type HttpListener, type ServeOptions, serve } from "./serve.ts";
import { send, sendRaw, sendUpgrade } from "./testing/http-request.ts";
import { recordLog } from "./testing/log-recorder.ts";

const { log, events } = recordLog();
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const owner of open.splice(0)) await owner[Symbol.asyncDispose]();
});

const hello: RequestHandler = (request, response) => {
  if (request.url !== "/hello") return false;
  request.resume();
  response.end("hello");
  return true;
};

async function start(options: Partial<ServeOptions> = {}): Promise<HttpListener> {
  const listener = await serve({ port: 0, handlers: [hello], log, ...options });
  open.push(listener);
  return listener;
}

describe("the listener", () => {
  test("answers on 127.0.0.1 and ::1, on the same free port", async () => {
    const { port, url } = await start();
    expect(port).toBeGreaterThan(0);
    expect(url).toBe(`http://localhost:${port}`);
    for (const address of ["127.0.0.1", "::1"]) {
      expect((await send({ port, address, path: "/hello" })).body).toBe("hello");
    }
  });

  test("puts the security headers on every answer, the refusals too", async () => {
    const { port } = await start();
    for (const path of ["/hello", "/nothing"]) {
      expect((await send({ port, path })).headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
    }
  });

  test("answers an unknown path with a Connect error", async () => {
    const { port } = await start();
    const { status, headers, body } = await send({ port, path: "/nothing" });
    expect({ status, type: headers["content-type"] }).toEqual({ status: 404, type: "application/json" });
    expect(JSON.parse(body).code).toBe("unimplemented");
  });

  test("tells nothing of an unexpected error but an id, which the log has too", async () => {
    const { port } = await start({
      handlers: [
        () => {
          throw new Error("the secret is 42");
        },
      ],
    });
    const { status, body } = await send({ port });
    const logged = events.findLast(({ level }) => level === "error");
    expect(status).toBe(500);
    expect(body).not.toContain("42");
    expect(JSON.parse(body).message).toContain(logged?.fields["errorId"]);
    expect(String(logged?.fields["error"])).toContain("the secret is 42");
  });

  test("names the program that has the port, and what to do", async () => {
    const first = await start();
    const starting = serve({ port: first.port, handlers: [], log });
    await expect(starting).rejects.toThrow(PortTakenError);
    await expect(starting).rejects.toThrow(/is taken by .+ \(process \d+\)\. Stop that, or choose another port/);
  });

  test("is taken as well when only ::1 has the port, and leaves 127.0.0.1 free again", async () => {
    const other = createServer().listen({ host: "::1", port: 0 });
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await expect(serve({ port, handlers: [], log })).rejects.toThrow(PortTakenError);
    const free = createServer().listen(port, "127.0.0.1");
    await once(free, "listening");
    await Promise.all([free, other].map((server) => new Promise((resolve) => server.close(resolve))));
  });

  test("says which address this machine does not have", async () => {
    await expect(serve({ host: "203.0.113.9", port: 0, handlers: [], log })).rejects.toThrow(AddressUnavailableError);
  });

  test("says that a low port is not for this user", async () => {
    const module = new URL("./serve.ts", import.meta.url).href;
    const script = `import { serve } from "${module}";
      await serve({ host: "127.0.0.1", port: 1, handlers: [] }).catch((error) => console.log(error.name, error.message));`;
    const node = [process.execPath, "--input-type=module", "-e", script];
    // Root may have any port, as long as it keeps this one capability.
    const command = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-net_bind_service", ...node] : node;
    const { stdout } = await promisify(execFile)(command[0] ?? "", command.slice(1), { encoding: "utf8" });
    expect(stdout).toMatch(/^PortForbiddenError This user may not listen on port 1 of 127\.0\.0\.1\. Choose a port/);
  });
});

describe("limits of a request", () => {
  test.each([
    { bytes: 999, status: 200 },
    { bytes: 1_000, status: 200 },
    { bytes: 1_001, status: 413 },
    { bytes: 8_000_000, status: 413 },
  ])("a body of $bytes bytes where 1000 are allowed: $status", async ({ bytes, status }) => {
    const { port } = await start({ limits: { maxBodyBytes: 1_000 } });
    const answer = await send({ port, method: "POST", path: "/hello", body: Buffer.alloc(bytes) });
    expect(answer.status).toBe(status);
  });

  test("headers that are too long get 431, and the next request is served", async () => {
    const { port } = await start({ limits: { maxHeaderBytes: 2_000 } });
    expect((await send({ port, path: "/hello", headers: { "x-long": "a".repeat(3_000) } })).status).toBe(431);
    expect((await send({ port, path: "/hello" })).status).toBe(200);
  });

  test.each([
    "\x16\x03\x01\x02\x00",
    "HELLO\r\n\r\n",
    "GET /hello HTTP/1.1\r\n\r\n",
    "GET /hello HTTP/1.1\r\nhost: a\r\nx: \x00\r\n\r\n",
  ])("%j is answered with 400 and closed", async (text) => {
    const { port } = await start();
    expect(await sendRaw(port, text)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("headers that do not end get 408", async () => {
    const { port } = await start({ limits: { headersTimeoutMs: 50 } });
    expect(await sendRaw(port, "GET /hello HTTP/1.1\r\nhost: a\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("a body that goes on after the answer is cut off", async () => {
    const { port } = await start({ handlers: [] });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
    const feeding = setInterval(() => socket.write("1\r\na\r\n"), 20);
    const closed = once(socket, "close");
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
    await closed;
    clearInterval(feeding);
  });
});

describe("upgrades", () => {
  const echo: UpgradeHandler = (_request, socket, head) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    socket.write(head);
    socket.pipe(socket);
  };

  test("go to the handler of their path, with nothing lost that came early", async () => {
    const guard = { inspect: async () => setImmediate({ kind: "admit" } as const) };
    const { port } = await start({ upgrades: { "/relay": echo }, guard });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /relay?x=1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nfirst ");
    socket.write("second");
    let answer = "";
    for await (const chunk of socket) {
      answer += chunk;
      if (answer.endsWith("first second")) break;
    }
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
  });

  test("to an unknown path get 404", async () => {
    const { port } = await start({ upgrades: { "/relay": echo } });
    expect(await sendUpgrade({ port, path: "/other" })).toMatchObject({ status: 404 });
  });

  test("that the guard refuses never reach the handler", async () => {
    let handled = 0;
    const refusal = { status: 403, code: "permission_denied", message: "no" } as const;
    const { port } = await start({
      upgrades: {
        "/relay": () => {
          handled += 1;
        },
      },
      guard: { inspect: async () => ({ kind: "refuse", refusal }) },
    });
    const { status, body } = await sendUpgrade({ port });
    expect({ status, body: JSON.parse(body), handled }).toEqual({
      status: 403,
      body: { code: "permission_denied", message: "no" },
      handled: 0,
    });
  });

  test("to another protocol than WebSocket are served as plain requests", async () => {
    const { port } = await start();
    const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AA" };
    expect((await send({ port, path: "/hello", headers })).body).toBe("hello");
  });

  test("that a handler throws at end in 500, and the process goes on", async () => {
    const { port } = await start({
      upgrades: {
        "/relay": () => {
          throw new Error("boom");
        },
      },
    });
    expect((await sendUpgrade({ port })).status).toBe(500);
    expect((await send({ port, path: "/hello" })).status).toBe(200);
  });
});

describe("closing", () => {
  test("lets a running request end, and takes no new one", async () => {
    const arrived = Promise.withResolvers<() => void>();
    const listener = await start({
      handlers: [
        (_request, response) => {
          arrived.resolve(() => response.end("done"));
          return true;
        },
      ],
    });
    const running = send({ port: listener.port });
    const finish = await arrived.promise;
    const closing = listener.close();
    await expect(send({ port: listener.port })).rejects.toThrow("ECONNREFUSED");
    finish();
    expect((await running).body).toBe("done");
    await closing;
  });

  test("ends what outlives the grace, upgraded sockets too", async () => {
    const upgraded = Promise.withResolvers<Duplex>();
    const listener = await start({
      limits: { closeGraceMs: 30 },
      upgrades: { "/relay": (_request, socket) => upgraded.resolve(socket) },
    });
    const client = connect(listener.port, "127.0.0.1");
    client.on("error", () => {});
    client.write("GET /relay HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    const socket = await upgraded.promise;
    await listener.close();
    expect(socket.destroyed).toBe(true);
    client.destroy();
  });

  test("follows the abort signal, and is the same however often it is asked for", async () => {
    const controller = new AbortController();
    const listener = await start({ signal: controller.signal });
    controller.abort();
    await Promise.all([listener.close(), listener.close()]);
    await expect(send({ port: listener.port })).rejects.toThrow("ECONNREFUSED");
    await expect(serve({ port: 0, handlers: [], log, signal: controller.signal })).rejects.toThrow("aborted");
  });

  test("does not wait for a client that keeps its connection open after its last answer", async () => {
    const arrived = Promise.withResolvers<() => void>();
    const listener = await start({
      handlers: [
        (_request, response) => {
          arrived.resolve(() => response.end("done"));
          return true;
        },
      ],
    });
    const client = connect(listener.port, "127.0.0.1");
    client.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    const finish = await arrived.promise;
    const closing = listener.close();
    const answered = performance.now();
    finish();
    client.resume();
    await closing;
    // Node's own keep-alive would hold it for five seconds.
    expect(performance.now() - answered).toBeLessThan(2_000);
  });

  test("frees the sockets of clients that keep their connection open", async () => {
    const listener = await start();
    const idle: Socket = connect(listener.port, "127.0.0.1");
    idle.write("GET /hello HTTP/1.1\r\nhost: a\r\n\r\n");
    await once(idle, "data");
    const closed = once(idle, "close");
    await listener.close();
    await closed;
  });
});
