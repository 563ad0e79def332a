import { stat } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { NotEnforceableSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { silentLog } from "@wingthing/service-runtime/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NotEnforceableError } from "../sandbox/not-enforceable.ts";
import { startRequest, TEST_TOKEN, TestEgg } from "../testing/test-egg.ts";
import { EggSocketError, MAX_CONNECTIONS, MAX_MESSAGE_BYTES } from "./egg-server.ts";

const errorOf = (call: Promise<unknown>): Promise<ConnectError> =>
  call.then(
    () => {
      throw new Error("the call succeeded");
    },
    (error: unknown) => ConnectError.from(error),
  );

/** One gRPC call by hand: what no client library would send. */
function rawCall(socketPath: string, path: string, body: Buffer, headers: Record<string, string> = {}) {
  return new Promise<{ readonly status: string; readonly message: string }>((resolve, reject) => {
    const session = connectHttp2("http://egg.local", { createConnection: () => connect(socketPath) });
    session.on("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      authorization: `Bearer ${TEST_TOKEN}`,
      ...headers,
    });
    let seen = { status: "", message: "" };
    const note = (fields: Record<string, unknown>) => {
      const { "grpc-status": status, "grpc-message": message } = fields;
      if (status !== undefined) seen = { status: String(status), message: decodeURI(String(message)) };
    };
    stream.on("response", note);
    stream.on("trailers", note);
    stream.on("error", () => {}); // the status tells
    stream.on("close", () => {
      session.close();
      resolve(seen);
    });
    stream.resume();
    stream.end(body);
  });
}

/** A message in gRPC's envelope. */
function enveloped(message: Uint8Array, length = message.byteLength): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

const SERVICE = "/wingthing.egg.v1.EggService";

describe("the egg's socket", () => {
  let egg: TestEgg;
  beforeAll(async () => {
    egg = await TestEgg.open();
  });
  afterAll(async () => {
    await egg[Symbol.asyncDispose]();
  });

  it("is the person's own", async () => {
    expect((await stat(egg.app.socketPath)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["no token", ""],
    ["a wrong token", "0".repeat(64)],
    ["the token's beginning", TEST_TOKEN.slice(0, 63)],
    ["more than the token", `${TEST_TOKEN}0`],
  ])("answers unauthenticated to %s, on every kind of call", async (_what, token) => {
    using other = egg.connect(token);
    expect((await errorOf(other.calls.getStatus({}))).code).toBe(Code.Unauthenticated);
    using attachment = other.attach({});
    expect((await attachment.ended)?.code).toBe(Code.Unauthenticated);
    const events = other.calls.watchEvents({})[Symbol.asyncIterator]();
    expect((await errorOf(events.next())).code).toBe(Code.Unauthenticated);
  });

  it.each([
    ["another scheme", `Basic ${TEST_TOKEN}`],
    ["a bare token", TEST_TOKEN],
    ["an empty header", ""],
  ])("answers unauthenticated to %s", async (_what, authorization) => {
    const answer = await rawCall(egg.app.socketPath, `${SERVICE}/GetStatus`, enveloped(new Uint8Array()), {
      authorization,
    });
    expect(answer).toMatchObject({
      status: String(Code.Unauthenticated),
      message: expect.stringContaining("egg.token"),
    });
  });

  it("guards reflection like everything else", async () => {
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const answer = await rawCall(egg.app.socketPath, path, Buffer.alloc(0), { authorization: "" });
    expect(answer.status).toBe(String(Code.Unauthenticated));
  });

  it.each([
    ["GetStatus", "a field that is cut off", Buffer.from([0x0a, 0x7f, 0x01])],
    ["Start", "bytes that are no message", Buffer.alloc(40, 0xff)],
    ["Attach", "bytes that are no message", Buffer.alloc(40, 0xff)],
  ])("answers invalid_argument to %s with %s", async (method, _what, body) => {
    await using started = await TestEgg.run("exec cat");
    const answer = await rawCall(started.app.socketPath, `${SERVICE}/${method}`, enveloped(body));
    expect(answer).toMatchObject({
      status: String(Code.InvalidArgument),
      message: expect.stringContaining("could not be decoded"),
    });
  });

  it("answers unimplemented to methods that there are not", async () => {
    const answer = await rawCall(egg.app.socketPath, `${SERVICE}/OpenTheHatch`, enveloped(new Uint8Array()));
    expect(answer.status).toBe(String(Code.Unimplemented));
  });

  it.each([
    [MAX_MESSAGE_BYTES - 1, Code.InvalidArgument],
    [MAX_MESSAGE_BYTES, Code.InvalidArgument],
    [MAX_MESSAGE_BYTES + 1, Code.ResourceExhausted],
  ])("takes messages up to its limit: %i bytes", async (length, code) => {
    // An unknown field as long as it takes: read whole, then found wanting.
    const lengthBytes = (value: number) => [
      (value & 0x7f) | 0x80,
      ((value >> 7) & 0x7f) | 0x80,
      ((value >> 14) & 0x7f) | 0x80,
      value >> 21,
    ];
    const tag = [0xfa, 0x01];
    const body = Buffer.concat([Buffer.from([...tag, ...lengthBytes(length - 6)]), Buffer.alloc(length - 6)]);
    expect(body.byteLength).toBe(length);
    const answer = await rawCall(egg.app.socketPath, `${SERVICE}/Start`, enveloped(body));
    expect(answer.status).toBe(String(code));
  });

  it("does not wait for a message that is announced and never comes, nor lets it hurt others", async () => {
    const announced = enveloped(Buffer.from([1]), MAX_MESSAGE_BYTES - 10);
    await rawCall(egg.app.socketPath, `${SERVICE}/Start`, announced);
    expect((await egg.calls.getStatus({})).status?.state).toBe(1);
  });

  it("outlives whatever else is sent to it", async () => {
    for (const bytes of [
      "GET / HTTP/1.1\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff",
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(egg.app.socketPath, () => socket.end(Buffer.from(bytes, "latin1")));
        socket.on("error", () => {});
        socket.on("close", () => resolve());
        socket.resume();
      });
    }
    expect((await egg.calls.getStatus({})).status?.state).toBe(1);
  });

  it("takes connections up to its limit, and drops the next", async () => {
    await using crowded = await TestEgg.open();
    const open = () =>
      new Promise<Socket>((resolve) => {
        const socket = connect(crowded.app.socketPath, () => resolve(socket));
        socket.on("error", () => {});
        socket.resume();
      });
    const sockets: Socket[] = [];
    for (let count = 0; count < MAX_CONNECTIONS; count++) sockets.push(await open());
    const dropped = await open();
    await new Promise((resolve) => dropped.on("close", resolve));
    expect(sockets.filter((socket) => socket.destroyed)).toEqual([]);
    for (const socket of sockets) socket.destroy();
  });

  it("is refused with a word when another egg holds it, and when its path is too long", async () => {
    await expect(TestEgg.open({ eggDir: egg.dir })).rejects.toThrow(EggSocketError);
    const eggDir = join(egg.dir, "x".repeat(100));
    await expect(TestEgg.open({ eggDir, token: TEST_TOKEN })).rejects.toThrow("the kernel takes 107");
  });
});

describe("errors", () => {
  it("of the sandbox carry what was found and what fixes it", async () => {
    const gap = {
      area: "network",
      found: "no user namespaces",
      remedy: "sysctl -w kernel.unprivileged_userns_clone=1",
    } as const;
    await using egg = await TestEgg.open({ openGateway: () => Promise.reject(new NotEnforceableError(gap)) });
    const error = await errorOf(egg.calls.start(startRequest("true")));
    expect(error.code).toBe(Code.FailedPrecondition);
    expect(error.findDetails(NotEnforceableSchema)).toMatchObject([gap]);
    expect((await egg.calls.getStatus({})).status?.state).toBe(1);
  });

  it("that nobody expected leave as internal with an id that is in the log, and without their text", async () => {
    const errors: unknown[] = [];
    const log = { ...silentLog, error: (_event: string, fields?: object) => void errors.push(fields) };
    await using egg = await TestEgg.open({ log, openGateway: () => Promise.reject(new Error("secret detail")) });
    const error = await errorOf(egg.calls.start(startRequest("true")));
    expect(error.code).toBe(Code.Internal);
    expect(error.message).not.toContain("secret detail");
    const { errorId } = errors[0] as { errorId: string };
    expect(error.message).toContain(errorId);
  });

  it.each([
    ["a bad session id", { sessionId: "nope" }, Code.InvalidArgument, "session_id"],
    ["a relative folder", { cwd: "src" }, Code.InvalidArgument, "cwd"],
    ["no program", { argv: [] }, Code.InvalidArgument, "argv"],
    ["a grid of nothing", { size: { columns: 0, rows: 24 } }, Code.InvalidArgument, "columns"],
    ["a program that is missing", { argv: ["/no/such/agent"] }, Code.NotFound, "/no/such/agent"],
    ["a folder that is missing", { cwd: "/no/such/folder" }, Code.FailedPrecondition, "/no/such/folder"],
  ])("of a start with %s say so", async (_what, change, code, text) => {
    await using egg = await TestEgg.open();
    const error = await errorOf(egg.calls.start(startRequest("true", change)));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
  });

  it("tell a second start, and calls before the first, what is wrong", async () => {
    await using egg = await TestEgg.open();
    for (const call of [
      egg.calls.getSnapshot({}),
      egg.calls.sendInput({}),
      egg.calls.resize({ size: { columns: 80, rows: 24 } }),
    ]) {
      expect((await errorOf(call)).message).toContain("call Start first");
    }
    await egg.calls.start(startRequest("exec cat"));
    expect((await errorOf(egg.calls.start(startRequest("exec cat")))).code).toBe(Code.FailedPrecondition);
  });
});

it("has the details in the form that gRPC defines", () => {
  // Guards the test above against an error that carries its details some other way.
  const error = new ConnectError("x", Code.Internal);
  expect(error.findDetails(NotEnforceableSchema)).toEqual([]);
  expect(fromBinary(NotEnforceableSchema, new Uint8Array()).area).toBe("");
});
