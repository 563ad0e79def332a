import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, test } from "vitest";
import { type ConnectHandlerOptions, connectHandler } from "./connect-handler.ts";
import { errorRule, mapErrors } from "./errors.ts";
import { type HttpListener, serve } from "./serve.ts";
import { EchoService } from "./testing/echo-service.ts";
import { send } from "./testing/http-request.ts";
import { recordLog } from "./testing/log-recorder.ts";
import { validateRequests } from "./validate.ts";

class NoSuchEchoError extends Error {}

const { log, events } = recordLog();
const open: HttpListener[] = [];
let throwing: unknown;

afterEach(async () => {
  throwing = undefined;
  for (const listener of open.splice(0)) await listener.close();
});

const implementation = {
  echo(request: { text: string }) {
    if (throwing !== undefined) throw throwing;
    return { text: request.text };
  },
  async *stream(request: { text: string }) {
    yield { text: request.text };
    if (throwing !== undefined) throw throwing;
  },
};

async function start(options: Partial<ConnectHandlerOptions> = {}): Promise<number> {
  const handler = connectHandler({
    routes: (router) => router.service(EchoService, implementation as object),
    interceptors: [mapErrors({ rules: [errorRule(NoSuchEchoError, Code.NotFound)], log }), validateRequests()],
    readMaxBytes: 1_000,
    log,
    ...options,
  });
  const listener = await serve({ port: 0, handlers: [handler], log });
  open.push(listener);
  return listener.port;
}

async function call(port: number, body: string | Buffer, path = "/testing.EchoService/Echo") {
  const headers = { "content-type": "application/json" };
  const answer = await send({ port, method: "POST", path, headers, body });
  return { status: answer.status, body: JSON.parse(answer.body) };
}

/** The last message of a Connect stream: flags, length, then JSON with the error. */
async function streamError(port: number) {
  const message = JSON.stringify({ text: "hello" });
  const body = Buffer.concat([Buffer.of(0, 0, 0, 0, message.length), Buffer.from(message)]);
  const headers = { "content-type": "application/connect+json" };
  const answer = await send({ port, method: "POST", path: "/testing.EchoService/Stream", headers, body });
  return JSON.parse(answer.body.slice(answer.body.lastIndexOf('{"error"'))).error;
}

describe("a call", () => {
  test("is answered", async () => {
    expect(await call(await start(), '{"text":"hello"}')).toEqual({ status: 200, body: { text: "hello" } });
  });

  test("that breaks the proto's rules is told which field and which rule", async () => {
    const { status, body } = await call(await start(), '{"text":"hi"}');
    expect({ status, code: body.code }).toEqual({ status: 400, code: "invalid_argument" });
    expect(body.message).toMatch(/^testing\.EchoRequest: text: .*3 characters/);
  });

  test.each(["", "{", "[]", "null", '{"text":1}', '{"text":{"a":1}}', "\u0000"])(
    "with malformed JSON %j gets invalid_argument",
    async (text) => {
      const { status, body } = await call(await start(), text);
      expect({ status, code: body.code }).toEqual({ status: 400, code: "invalid_argument" });
    },
  );

  test.each([
    { bytes: 999, status: 200 },
    { bytes: 1_000, status: 200 },
    { bytes: 1_001, status: 429 },
  ])("of $bytes bytes where 1000 are allowed: $status", async ({ bytes, status }) => {
    const text = JSON.stringify({ text: "a".repeat(bytes - '{"text":""}'.length) });
    expect(text.length).toBe(bytes);
    expect((await call(await start(), text)).status).toBe(status);
  });

  test("of an unknown method is unimplemented, and names it", async () => {
    const { status, body } = await call(await start(), "{}", "/testing.EchoService/Shout");
    expect({ status, code: body.code }).toEqual({ status: 404, code: "unimplemented" });
    expect(body.message).toContain('"Shout"');
  });

  test("of an unknown service is left to the next handler", async () => {
    const { status, body } = await call(await start(), "{}", "/testing.OtherService/Echo");
    expect({ status, message: body.message }).toEqual({ status: 404, message: "There is nothing under this path." });
  });

  test("that the gate refuses is not read", async () => {
    const gate = () => {
      throw new ConnectError("who are you?", Code.Unauthenticated);
    };
    const { status, body } = await call(await start({ requestGate: gate }), "{");
    expect({ status, body }).toEqual({ status: 401, body: { code: "unauthenticated", message: "who are you?" } });
  });

  test("with another HTTP method is refused", async () => {
    expect((await send({ port: await start(), path: "/testing.EchoService/Echo" })).status).toBe(405);
  });
});

describe("an error in a handler", () => {
  test("that the table knows leaves with its code and message", async () => {
    throwing = new NoSuchEchoError("There is no such echo; shout first.");
    const port = await start();
    expect((await call(port, '{"text":"hello"}')).body).toEqual({
      code: "not_found",
      message: "There is no such echo; shout first.",
    });
    expect(await streamError(port)).toMatchObject({ code: "not_found" });
  });

  test.each([new Error("the secret is 42"), "the secret is 42", { text: "the secret is 42" }])(
    "that nobody expected leaves as internal with an id that the log has: %j",
    async (error) => {
      throwing = error;
      const port = await start();
      const calls = [async () => (await call(port, '{"text":"hello"}')).body, () => streamError(port)];
      for (const failing of calls) {
        const shown = await failing();
        const logged = events.findLast(({ event }) => event === "unexpected error in a call");
        expect(shown.code).toBe("internal");
        expect(JSON.stringify(shown)).not.toContain("the secret");
        expect(shown.message).toContain(logged?.fields["errorId"]);
        expect(logged?.fields["error"]).toBe(error);
      }
    },
  );
});
