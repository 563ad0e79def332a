import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type WebSocket as ServerSocket, WebSocketServer, WebSocket as WsWebSocket } from "ws";
import { type BinarySocket, browserSocket, type WebSocketLike } from "./binary-socket.ts";

let server: WebSocketServer;
beforeEach(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  return new Promise<void>((resolve) => server.close(() => resolve()));
});

function dial(make: (url: string) => WebSocketLike): { socket: BinarySocket; accepted: Promise<ServerSocket> } {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection").then(([socket]) => socket as ServerSocket);
  return { socket: browserSocket(make(`ws://127.0.0.1:${port}`)), accepted };
}

function closeOf(socket: BinarySocket): Promise<[number, string]> {
  return new Promise((resolve) => socket.onClose((code, reason) => resolve([code, reason])));
}

const MAKES: readonly (readonly [string, (url: string) => WebSocketLike])[] = [
  ["the platform", (url) => new WebSocket(url)],
  ["ws", (url) => new WsWebSocket(url)],
];

describe.each(MAKES)("a socket of %s", (_name, make) => {
  test("carries binary messages both ways, in order", async () => {
    const { socket, accepted } = dial(make);
    await new Promise<void>((resolve) => socket.onOpen(resolve));
    const far = await accepted;
    far.on("message", (data) => far.send(data));
    const received: number[] = [];
    const done = new Promise<void>((resolve) =>
      socket.onMessage((data) => {
        received.push(data.length);
        if (received.length === 3) resolve();
      }),
    );
    for (const length of [0, 1, 66_560]) socket.send(new Uint8Array(length));
    await done;
    expect(received).toEqual([0, 1, 66_560]);
    const closed = closeOf(socket);
    socket.close(1000, "done");
    expect(await closed).toEqual([1000, "done"]);
  });

  test("that is open already says so at once", async () => {
    const { socket } = dial(make);
    await new Promise<void>((resolve) => socket.onOpen(resolve));
    let opened = false;
    socket.onOpen(() => {
      opened = true;
    });
    expect(opened).toBe(true);
    socket.close();
  });

  test("closes when it is sent text", async () => {
    const { socket, accepted } = dial(make);
    socket.onMessage(() => expect.unreachable("text is no message"));
    const far = await accepted;
    const code = once(far, "close");
    far.send("hello");
    expect((await code)[0]).toBe(4003);
  });

  test("tells a broken connection once, and those who ask later", async () => {
    const { socket, accepted } = dial(make);
    const closed = closeOf(socket);
    (await accepted).terminate();
    expect((await closed)[0]).toBe(1006);
    expect((await closeOf(socket))[0]).toBe(1006);
  });

  test("that finds nobody ends without an exception", async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const [code] = await closeOf(browserSocket(make(`ws://127.0.0.1:${port}`)));
    expect(code).toBe(1006);
  });
});
