import { describe, expect, test } from "vitest";
import { type MessagePipe, PipeClosedError, type PipeCloseReason } from "../message-pipe.ts";

/** Both ends of a pipe, and what the test closes afterwards. */
export interface PipePairFixture extends AsyncDisposable {
  readonly ends: readonly [MessagePipe, MessagePipe];
}

/** What every MessagePipe promises. Both directions are tried, since the two ends may be of different make. */
export function describeMessagePipe(name: string, createPair: () => Promise<PipePairFixture>): void {
  describe.each([
    ["one way", (ends: PipePairFixture["ends"]) => [ends[0], ends[1]] as const],
    ["the other way", (ends: PipePairFixture["ends"]) => [ends[1], ends[0]] as const],
  ])(`${name} keeps the promises of a MessagePipe, %s`, (_way, orient) => {
    test("messages arrive whole and in order, empty and largest included", async () => {
      await using pair = await createPair();
      const [near, far] = orient(pair.ends);
      const sizes = [0, 1, 1000, 65_535, 3];
      const received = collect(far, sizes.length);
      for (const size of sizes) near.send(pattern(size));
      expect((await received).map((message) => Buffer.from(message).equals(pattern(message.length)))).toEqual(
        sizes.map(() => true),
      );
      expect((await received).map((message) => message.length)).toEqual(sizes);
    });

    test("what arrives before the handler is set is kept for it, in order", async () => {
      await using pair = await createPair();
      const [near, far] = orient(pair.ends);
      const echoed = collect(near, 1);
      for (let index = 0; index < 5; index += 1) near.send(Uint8Array.of(index));
      // An answer that comes back proves that the five have arrived.
      far.send(Uint8Array.of(99));
      await echoed;
      const received = await collect(far, 5);
      expect(received.map((message) => message[0])).toEqual([0, 1, 2, 3, 4]);
    });

    test("a close comes after everything that was sent before it, once, with its text", async () => {
      await using pair = await createPair();
      const [near, far] = orient(pair.ends);
      const events: string[] = [];
      const ended = new Promise<void>((resolve) => {
        far.onMessage((message) => events.push(`message ${message[0]}`));
        far.onClose((reason) => {
          events.push(`${reason.kind} ${reason.text}`);
          resolve();
        });
      });
      near.send(Uint8Array.of(1));
      near.send(Uint8Array.of(2));
      near.close("enough");
      near.close("again");
      await ended;
      expect(events).toEqual(["message 1", "message 2", "closed enough"]);
    });

    test("the end that closes is told too, and cannot send any more", async () => {
      await using pair = await createPair();
      const [near] = orient(pair.ends);
      const reasons: PipeCloseReason[] = [];
      const told = new Promise<void>((resolve) =>
        near.onClose((reason) => {
          reasons.push(reason);
          resolve();
        }),
      );
      near.close("done");
      await told;
      expect(reasons).toEqual([{ kind: "closed", text: "done" }]);
      expect(() => near.send(Uint8Array.of(1))).toThrow(PipeClosedError);
    });

    test("the other end cannot send after it was told of a close", async () => {
      await using pair = await createPair();
      const [near, far] = orient(pair.ends);
      const told = new Promise<PipeCloseReason>((resolve) => far.onClose(resolve));
      near.close();
      await told;
      expect(() => far.send(Uint8Array.of(1))).toThrow(PipeClosedError);
    });

    test("drained resolves once everything was taken, and after a close", async () => {
      await using pair = await createPair();
      const [near, far] = orient(pair.ends);
      const received = collect(far, 64);
      for (let index = 0; index < 64; index += 1) near.send(pattern(65_535));
      await near.drained();
      await received;
      await near.drained();
      near.close();
      await near.drained();
      expect(near.bufferedBytes).toBe(0);
    });

    test("both ends may talk at once", async () => {
      await using pair = await createPair();
      const [near, far] = orient(pair.ends);
      const atFar = collect(far, 100);
      const atNear = collect(near, 100);
      for (let index = 0; index < 100; index += 1) {
        near.send(Uint8Array.of(index));
        far.send(Uint8Array.of(200 - index));
      }
      expect((await atFar).map((message) => message[0])).toEqual(Array.from({ length: 100 }, (_, index) => index));
      expect((await atNear).map((message) => message[0])).toEqual(
        Array.from({ length: 100 }, (_, index) => 200 - index),
      );
    });
  });
}

function collect(pipe: MessagePipe, count: number): Promise<Uint8Array[]> {
  const received: Uint8Array[] = [];
  return new Promise((resolve) =>
    pipe.onMessage((message) => {
      received.push(message);
      if (received.length === count) resolve(received);
    }),
  );
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + length) & 255);
}
