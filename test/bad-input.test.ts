import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { TicketService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import { CloseReason, type Frame, FrameSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { connectLink, connectWing, type RemoteClient, roostTransport } from "@wingthing/testkit/remote-client";
import { TestRoost } from "@wingthing/testkit/test-roost";
import { Viewer } from "@wingthing/testkit/viewer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";

const SIZE = { columns: 80, rows: 24 };

let roost: TestRoost;
let bystander: RemoteClient;
let session: Viewer;
let folder: string;

beforeAll(async () => {
  roost = await TestRoost.start({ proxied: false });
  folder = join(roost.home, "work");
  mkdirSync(folder);
  bystander = await connectWing(roost.url, roost.wingId);
  session = await Viewer.start(bystander.sessions, { agent: "shell", cwd: folder, size: SIZE });
});

afterAll(async () => {
  await bystander?.[Symbol.asyncDispose]();
  await roost?.[Symbol.asyncDispose]();
});

let pulse = 0;

/** Somebody else's session still answers at once. */
async function nobodyElseNotices(): Promise<void> {
  pulse += 1;
  session.type(`echo pulse-${pulse}-$((1+1))\n`);
  await session.sees(`pulse-${pulse}-2`);
}

/** Sends bytes as a link would and returns the frames that came back before the relay closed it. */
async function converse(
  messages: readonly (Uint8Array | string)[],
  headers: Record<string, string> = {},
): Promise<Frame[]> {
  const socket = new WebSocket(roost.url.replace("http", "ws").concat("/relay"), { headers });
  const frames: Frame[] = [];
  socket.on("message", (data: Buffer) => frames.push(fromBinary(FrameSchema, data)));
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () => {
      for (const message of messages) socket.send(message);
    });
    socket.once("close", () => resolve());
  });
  return frames;
}

const frame = (kind: Frame["kind"]): Uint8Array => toBinary(FrameSchema, create(FrameSchema, { kind }));
const hello = async (): Promise<Uint8Array> => {
  const { token } = await createClient(TicketService, roostTransport(roost.url)).issueRelayToken({});
  return frame(create(FrameSchema, { kind: { case: "hello", value: { token, version: 1 } } }).kind);
};
const reasonOf = (frames: readonly Frame[]): CloseReason | undefined => {
  const last = frames.at(-1)?.kind;
  return last?.case === "close" ? last.value.reason : undefined;
};

describe("at the relay", () => {
  test("a first frame that is no hello, a wrong token, nonsense and text each end the link with a reason", async () => {
    const nonsense = Uint8Array.from({ length: 64 }, (_, index) => 255 - index);
    const notHello = frame(
      create(FrameSchema, { kind: { case: "open", value: { channelId: 1, wingId: roost.wingId } } }).kind,
    );
    const wrongToken = frame(
      create(FrameSchema, { kind: { case: "hello", value: { token: "a.b.c", version: 1 } } }).kind,
    );
    expect(reasonOf(await converse([nonsense]))).toBe(CloseReason.PROTOCOL_ERROR);
    expect(reasonOf(await converse([notHello]))).toBe(CloseReason.PROTOCOL_ERROR);
    expect(reasonOf(await converse([wrongToken]))).toBe(CloseReason.UNAUTHENTICATED);
    expect(reasonOf(await converse([await hello(), nonsense]))).toBe(CloseReason.PROTOCOL_ERROR);
    await converse([await hello(), "text is not spoken here"]);
    await nobodyElseNotices();
  });

  test("a message past the limit ends the link, and an unknown wing ends the channel", async () => {
    await converse([await hello(), new Uint8Array(70_000)]);
    const link = await connectLink(roost.url);
    const refused = await link.openChannel("waaaaaaaaaaaaaaaaaaaa").catch((error: unknown) => error);
    link.close();
    expect(refused).toMatchObject({ name: "RelayRefusedError", reason: CloseReason.NOT_ALLOWED });
    await nobodyElseNotices();
  });

  test("a link that dies without a word leaves no trace", async () => {
    const before = (await bystander.sessions.list({})).sessions.length;
    const dying = await connectWing(roost.url, roost.wingId);
    const { port } = new URL(roost.url);
    const half = connect(Number(port), "127.0.0.1");
    half.write("GET /relay HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n");
    half.destroy();
    dying.link.close();
    await dying.tunnel.closed;
    expect((await bystander.sessions.list({})).sessions.length).toBe(before);
    await nobodyElseNotices();
  });
});

describe("at the door", () => {
  const post = (headers: Record<string, string>, body = "{}"): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const target = new URL("/wingthing.auth.v1.TicketService/IssueRelayToken", roost.url);
      const req = request(
        target,
        { method: "POST", headers: { "content-type": "application/json", ...headers } },
        (res) => {
          let text = "";
          res.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          res.on("end", () => resolve({ status: res.statusCode ?? 0, body: text }));
        },
      );
      req.on("error", reject);
      req.end(body);
    });

  test.each([
    ["a foreign Host", { host: "evil.example" }],
    ["a foreign Origin", { origin: "https://evil.example" }],
    ["an opaque Origin", { origin: "null" }],
    ["a cross-site fetch", { "sec-fetch-site": "cross-site" }],
    ["a form's content type", { "content-type": "text/plain" }],
  ])("%s is refused, and no token leaks", async (_title, headers) => {
    const { status, body } = await post(headers);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain("eyJ");
    expect(body).toContain("message");
  });

  test("an upgrade from a foreign page is refused", async () => {
    await expect(converse([], { origin: "https://evil.example" })).rejects.toThrow(/40[0-9]/);
  });

  test("malformed and oversized bodies and unknown methods get typed errors", async () => {
    expect((await post({}, "{")).status).toBe(400);
    expect((await post({}, JSON.stringify({ padding: "x".repeat(8 * 1024 * 1024) }))).status).toBeGreaterThanOrEqual(
      400,
    );
    const missing = await fetch(new URL("/wingthing.auth.v1.TicketService/StealEverything", roost.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(missing.status).toBeGreaterThanOrEqual(400);
    await nobodyElseNotices();
  });
});

describe("at the wing", () => {
  const failure = async (call: Promise<unknown>): Promise<ConnectError> => {
    const error = await call.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(ConnectError);
    return error as ConnectError;
  };

  test("a missing folder, an unknown agent, a folder outside, a bad grid: each says what is wrong", async () => {
    const start = (given: object): Promise<ConnectError> =>
      failure(bystander.sessions.start({ agent: "shell", cwd: folder, size: SIZE, ...given }));
    const missing = await start({ cwd: join(folder, "nowhere") });
    expect(missing.code).toBe(Code.NotFound);
    expect(missing.rawMessage).toContain("nowhere");
    const unknown = await start({ agent: "cluade" });
    expect(unknown.code).toBe(Code.NotFound);
    expect(unknown.rawMessage).toContain("claude");
    expect((await start({ cwd: "/etc" })).code).toBe(Code.PermissionDenied);
    expect((await start({ cwd: "relative/path" })).code).toBe(Code.InvalidArgument);
    expect((await start({ size: { columns: 0, rows: 70_000 } })).code).toBe(Code.InvalidArgument);
    await nobodyElseNotices();
  });

  test("a session that is not there, and an attach that does not open, are refused", async () => {
    const stop = await failure(bystander.sessions.stop({ sessionId: "saaaaaaaaaaaaaaaa" }));
    expect(stop.code).toBe(Code.NotFound);
    const malformed = await failure(bystander.sessions.stop({ sessionId: "../../etc" }));
    expect(malformed.code).toBe(Code.InvalidArgument);
    async function* noOpen() {
      yield {
        sessionId: session.sessionId,
        command: { command: { case: "input" as const, value: { seq: 0n, data: new Uint8Array(1) } } },
      };
    }
    const attach = async (): Promise<void> => {
      for await (const _ of bystander.sessions.attach(noOpen())) break;
    };
    expect([Code.InvalidArgument, Code.FailedPrecondition]).toContain((await failure(attach())).code);
    await nobodyElseNotices();
  });

  test.skipIf(process.getuid?.() !== 0)(
    "a full disk under the eggs refuses the start and says so (needs root to mount one)",
    async () => {
      const eggs = join(roost.stateDir, "eggs");
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k,nr_inodes=2,mode=0700", "tmpfs", eggs]);
      try {
        const error = await failure(bystander.sessions.start({ agent: "shell", cwd: folder, size: SIZE }));
        expect([Code.ResourceExhausted, Code.FailedPrecondition, Code.Unavailable]).toContain(error.code);
        expect(error.rawMessage).toMatch(/full|space|ENOSPC/i);
        await nobodyElseNotices();
      } finally {
        execFileSync("umount", ["-l", eggs]);
      }
    },
  );
});
