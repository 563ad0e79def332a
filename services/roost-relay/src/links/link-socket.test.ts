import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { dataFrameBytes } from "../frames/data-frame.ts";
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from "../relay-limits.ts";
import type { CloseCause } from "../switchboard/switchboard.ts";
import { ProcessBacklog } from "./backlog.ts";
import { LinkSocket } from "./link-socket.ts";

/** Payloads of this size cost so many bytes on the wire, on a channel below 128. */
const PAYLOAD_BYTES = 1_000;
const WIRE_BYTES = 4 + dataFrameBytes(1, PAYLOAD_BYTES);
const ANY = Number.POSITIVE_INFINITY;

interface Opened {
  readonly socket: LinkSocket;
  readonly stream: Socket;
  readonly peer: WebSocket;
  readonly received: Buffer[];
  readonly ends: CloseCause[];
}

/** The two ends of a real WebSocket; what the relay's end sends stays in it until `stream.uncork()`. */
async function openCorked(limits: Partial<RelayLimits> = {}, backlog = new ProcessBacklog(ANY)): Promise<Opened> {
  const all = { ...DEFAULT_RELAY_LIMITS, ...limits };
  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const accepted = new Promise<{ webSocket: WebSocket; stream: Socket }>((resolve) => {
    server.on("upgrade", (request, stream, head) => {
      webSockets.handleUpgrade(request, stream, head, (webSocket) => resolve({ webSocket, stream: stream as Socket }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const peer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const received: Buffer[] = [];
  peer.on("message", (message: Buffer) => received.push(message));
  const { webSocket, stream } = await accepted;
  await once(peer, "open");
  stream.cork();
  const socket = new LinkSocket({ webSocket, stream, limits: all, backlog, clock: new ManualClock() });
  const ends: CloseCause[] = [];
  socket.listen({ onMessage: () => {}, onEnd: (cause) => ends.push(cause) });
  onTestFinished(() => {
    socket.terminate();
    peer.terminate();
    server.close();
  });
  return { socket, stream, peer, received, ends };
}

const send = ({ socket }: Opened, channelId: number, maxChannelBytes = ANY): boolean =>
  socket.sendData({ channelId, payload: new Uint8Array(PAYLOAD_BYTES) }, maxChannelBytes);
const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe("bytes that wait", () => {
  test("of one channel are bounded, and another channel is not concerned", async () => {
    const opened = await openCorked();
    const bound = WIRE_BYTES + PAYLOAD_BYTES;
    expect(send(opened, 1, bound)).toBe(true);
    expect(send(opened, 1, bound - 1)).toBe(false);
    expect(send(opened, 2, bound - 1)).toBe(true);
    expect(send(opened, 1, bound)).toBe(true);
    expect(send(opened, 1, bound)).toBe(false);
    await nextTick();
    expect(send(opened, 1, bound + WIRE_BYTES - 1)).toBe(false);
    expect(send(opened, 1, bound + WIRE_BYTES)).toBe(true);
  });

  test("of one socket are bounded over all channels", async () => {
    const bound = 2 * WIRE_BYTES + PAYLOAD_BYTES;
    const exact = await openCorked({ maxSocketBacklogBytes: bound });
    expect([send(exact, 1), send(exact, 2), send(exact, 3), send(exact, 4)]).toEqual([true, true, true, false]);
    const less = await openCorked({ maxSocketBacklogBytes: bound - 1 });
    expect([send(less, 1), send(less, 2), send(less, 3)]).toEqual([true, true, false]);
  });

  test("of all sockets are bounded, and a socket that keeps up is not concerned", async () => {
    const backlog = new ProcessBacklog(2 * WIRE_BYTES + PAYLOAD_BYTES);
    const first = await openCorked({}, backlog);
    const second = await openCorked({}, backlog);
    expect([send(first, 1), send(second, 1)]).toEqual([true, true]);
    await nextTick();
    expect(backlog.bytes).toBe(2 * WIRE_BYTES);
    expect(send(first, 1)).toBe(true);
    await nextTick();
    expect(send(second, 1)).toBe(false);
    const third = await openCorked({}, backlog);
    expect(send(third, 1)).toBe(true);
  });

  test("are given back when they leave, and when the socket goes", async () => {
    const backlog = new ProcessBacklog(ANY);
    const first = await openCorked({}, backlog);
    const second = await openCorked({}, backlog);
    for (let count = 0; count < 100; count++) {
      send(first, 1);
      send(second, 1);
    }
    await nextTick();
    expect(backlog.bytes).toBe(200 * WIRE_BYTES);
    const drained = once(first.stream, "drain");
    first.stream.uncork();
    await drained;
    expect(backlog.bytes).toBe(100 * WIRE_BYTES);
    second.socket.terminate();
    expect(backlog.bytes).toBe(0);
  });

  test("end the link when it cannot even take what the relay itself has to say", async () => {
    const opened = await openCorked({ maxSocketBacklogBytes: 2 * WIRE_BYTES });
    expect([send(opened, 1), opened.socket.bytesWaiting]).toEqual([true, WIRE_BYTES]);
    opened.socket.sendFrame({ case: "presenceReady", value: {} });
    expect(opened.ends).toEqual([]);
    const rest = 2 * WIRE_BYTES - opened.socket.bytesWaiting;
    const payload = new Uint8Array(rest - 4 - (dataFrameBytes(1, 900) - 900));
    opened.socket.sendData({ channelId: 1, payload }, ANY);
    expect(opened.socket.bytesWaiting).toBe(2 * WIRE_BYTES);
    opened.socket.sendFrame({ case: "presenceReady", value: {} });
    expect(opened.ends).toEqual([]);
    opened.socket.sendFrame({ case: "presenceReady", value: {} });
    expect(opened.ends).toMatchObject([{ reason: CloseReason.FELL_BEHIND }]);
  });
});

describe("what is sent in one turn of the event loop", () => {
  test("leaves in the order in which it was sent, small and large, data and other frames", async () => {
    const opened = await openCorked();
    const sizes = [10, 16_383, 16_384, 65_535, 0, 20_000, 1];
    for (const [index, size] of sizes.entries()) {
      opened.socket.sendData({ channelId: index + 1, payload: new Uint8Array(size).fill(index) }, ANY);
      opened.socket.sendFrame({ case: "opened", value: { channelId: index + 1 } });
    }
    opened.stream.uncork();
    while (opened.received.length < 2 * sizes.length) await once(opened.peer, "message");
    const data = opened.received.filter((_, index) => index % 2 === 0);
    expect(data.map((message) => message.length)).toEqual(sizes.map((size, index) => dataFrameBytes(index + 1, size)));
    for (const [index, message] of data.entries()) {
      expect(message.subarray(message.length - sizes[index]!).every((byte) => byte === index)).toBe(true);
    }
  });
});

describe("the end of a link", () => {
  test("comes once, whoever ends it first, and nothing is sent behind it", async () => {
    const opened = await openCorked();
    opened.stream.uncork();
    const later: CloseCause[] = [];
    opened.socket.onceEnded((cause) => later.push(cause));
    opened.socket.end({ reason: CloseReason.DRAINING, text: "bye" });
    opened.socket.end({ reason: CloseReason.REPLACED, text: "again" });
    opened.socket.sendFrame({ case: "presenceReady", value: {} });
    expect(send(opened, 1)).toBe(true);
    opened.peer.terminate();
    await new Promise((resolve) => opened.stream.once("close", resolve));
    expect(opened.ends).toEqual([{ reason: CloseReason.DRAINING, text: "bye" }]);
    expect(later).toEqual(opened.ends);
    opened.socket.onceEnded((cause) => later.push(cause));
    expect(later).toHaveLength(2);
  });
});
