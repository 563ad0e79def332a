import type { PipeCloseReason } from "@wingthing/sealed-channel/message-pipe";
import { describe, expect, test } from "vitest";
import { MAX_PIPE_BACKLOG_BYTES, SOCKET_HIGH_WATER_BYTES } from "./relay-limits.ts";
import { connected, endOf, WING } from "./testing/relayed-channel.ts";

describe("a slow network", () => {
  /** Fills the browser's socket by one channel and leaves a second one beside it. */
  async function congested() {
    const met = await connected();
    const [bulk, other] = [await met.browser.openChannel(WING), await met.browser.openChannel(WING)];
    const socket = met.relay.browserSocket;
    socket.stuck = true;
    const message = 64 * 1024 - 1;
    while (bulk.bufferedBytes < 512 * 1024) bulk.send(new Uint8Array(message));
    return { ...met, bulk, other, socket };
  }

  test("fills the socket to its high-water mark and no further", async () => {
    const { socket } = await congested();
    expect(socket.bufferedAmount).toBeGreaterThanOrEqual(SOCKET_HIGH_WATER_BYTES);
    expect(socket.bufferedAmount).toBeLessThan(SOCKET_HIGH_WATER_BYTES + 66_560);
  });

  test("lets a small message of another channel overtake the queue of a big one", async () => {
    const { relay, other, socket } = await congested();
    other.send(Uint8Array.of(1));
    const before = socket.sent.length;
    socket.carry();
    relay.timers.fire();
    const next = socket.sent.slice(before, before + 2).map(({ length }) => length);
    expect(Math.min(...next)).toBeLessThan(20);
  });

  test("is looked at until everything was handed over, then no timer runs", async () => {
    const { relay, bulk, socket } = await congested();
    const drained = bulk.drained();
    for (let round = 0; relay.timers.running.length > 0 && round < 100; round += 1) {
      socket.carry();
      relay.timers.fire();
    }
    await drained;
    expect(bulk.bufferedBytes).toBe(0);
    expect(relay.timers.running).toEqual([]);
  });

  test("carries a close behind what was sent before it", async () => {
    const { relay, bulk, pipes, socket } = await congested();
    const far = pipes[0]!;
    let bytes = 0;
    far.onMessage((message) => {
      bytes += message.length;
    });
    const ended = endOf(far);
    bulk.close("after all that");
    socket.stuck = false;
    for (let round = 0; round < 20; round += 1) {
      socket.carry();
      relay.timers.fire();
      await Promise.resolve();
    }
    expect(await ended).toEqual({ kind: "closed", text: "after all that" });
    expect(bytes % (64 * 1024 - 1)).toBe(0);
    expect(bytes).toBeGreaterThan(1024 * 1024 - 128 * 1024);
  });

  test.each([
    [-1, undefined],
    [0, undefined],
    [1, "lost"],
  ])("gives a channel up when 8 MiB and %i bytes wait: %s", async (beyond, kind) => {
    const { relay, browser } = await connected();
    const pipe = await browser.openChannel(WING);
    let end: PipeCloseReason | undefined;
    pipe.onClose((reason) => {
      end = reason;
    });
    relay.browserSocket.stuck = true;
    const overhead = 3 + 1 + 1 + 1 + 3;
    while (pipe.bufferedBytes === 0) pipe.send(new Uint8Array(60_000));
    while (pipe.bufferedBytes + 130_000 < MAX_PIPE_BACKLOG_BYTES) pipe.send(new Uint8Array(60_000));
    pipe.send(new Uint8Array(60_000));
    pipe.send(new Uint8Array(MAX_PIPE_BACKLOG_BYTES - pipe.bufferedBytes - overhead - 1 + beyond));
    expect(end?.kind).toBe(kind);
    expect(pipe.bufferedBytes).toBeLessThanOrEqual(MAX_PIPE_BACKLOG_BYTES);
  });
});
