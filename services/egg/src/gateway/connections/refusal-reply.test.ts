import { expect, test } from "vitest";
import { makeClientHello } from "../testing/client-hello-bytes.ts";
import { ending, socketPair } from "../testing/socket-pair.ts";
import { replyWithRefusal, TlsAlert } from "./refusal-reply.ts";

const REPLY = { alert: TlsAlert.ACCESS_DENIED, status: "403 Forbidden", text: "wingthing: no" } as const;

async function replyTo(first: string | Buffer): Promise<{ text: string; end: string }> {
  await using pair = await socketPair();
  const over = replyWithRefusal(pair.accepted, REPLY);
  if (first.length > 0) pair.connected.write(first);
  const chunks: Buffer[] = [];
  pair.connected.on("data", (chunk: Buffer) => chunks.push(chunk));
  pair.connected.once("end", () => pair.connected.end());
  const end = await ending(pair.connected);
  await over;
  return { text: Buffer.concat(chunks).toString("latin1"), end };
}

test("TLS is told in TLS", async () => {
  const { text, end } = await replyTo(makeClientHello([]));
  expect(Buffer.from(text, "latin1")).toEqual(Buffer.from([21, 3, 3, 0, 2, 2, 49]));
  expect(end).toBe("whole");
});

test.each(["GET / HTTP/1.1\r\n\r\n", "POST /x HTTP/1.1\r\n", "CONNECT a:1 HTTP/1.1\r\n", "OPTIONS * HTTP/1.1\r\n"])(
  "HTTP is told in HTTP: %j",
  async (request) => {
    const { text, end } = await replyTo(request);
    expect(text).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n.*Content-Length: 14\r\nConnection: close\r\n\r\nwingthing: no\n$/s,
    );
    expect(end).toBe("whole");
  },
);

test("a whole upload does not keep the answer from arriving", async () => {
  const upload = Buffer.concat([
    Buffer.from("POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n"),
    Buffer.alloc(3_000_000),
  ]);
  expect(await replyTo(upload)).toMatchObject({ end: "whole" });
});

test.each(["SSH-2.0-x\r\n", "PRI * HTTP/2.0\r\n\r\n", "GETTING", "\0\0\0\x08\x04\xd2\x16/"])(
  "others are reset: %j",
  async (first) => {
    expect(await replyTo(first)).toEqual({ text: "", end: "reset" });
  },
);

test("a client that waits for the server to speak is reset after a moment", async () => {
  expect(await replyTo("")).toEqual({ text: "", end: "reset" });
});

test("a client that is gone already is no fault", async () => {
  await using pair = await socketPair();
  pair.accepted.destroy();
  await replyWithRefusal(pair.accepted, REPLY);
});

test("a client that never closes its side is closed", async () => {
  await using pair = await socketPair();
  pair.connected.write("GET / HTTP/1.1\r\n\r\n");
  pair.connected.resume();
  await replyWithRefusal(pair.accepted, REPLY);
  expect(pair.accepted.destroyed).toBe(true);
});
