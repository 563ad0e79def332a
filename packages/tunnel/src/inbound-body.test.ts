import { expect, test } from "vitest";
import { InboundBody } from "./inbound-body.ts";
import { MAX_QUEUED_CHUNKS } from "./tunnel-limits.ts";

function bodyWithLedger() {
  const ledger = { consumed: 0, abandoned: 0, done: 0 };
  const body = new InboundBody({
    onConsumed: (bytes) => {
      ledger.consumed += bytes;
    },
    onAbandoned: () => {
      ledger.abandoned += 1;
    },
    onDone: () => {
      ledger.done += 1;
    },
  });
  return { body, ledger, reader: body[Symbol.asyncIterator]() };
}

test("bytes count as consumed when the reader comes back, not when they are handed out", async () => {
  const { body, ledger, reader } = bodyWithLedger();
  body.push(new Uint8Array(10));
  body.push(new Uint8Array(5));
  await reader.next();
  expect(ledger.consumed).toBe(0);
  await reader.next();
  expect(ledger.consumed).toBe(10);
  void reader.next();
  expect(ledger.consumed).toBe(15);
});

test("a reader that waits gets the next chunk, and the end after the last one", async () => {
  const { body, ledger, reader } = bodyWithLedger();
  const first = reader.next();
  body.push(Uint8Array.of(1));
  body.end();
  expect(await first).toEqual({ done: false, value: Uint8Array.of(1) });
  expect(ledger.done).toBe(0);
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  expect(ledger).toEqual({ consumed: 1, abandoned: 0, done: 1 });
});

test("a break drops what waits, credits it, and is told to the reader for ever", async () => {
  const { body, ledger, reader } = bodyWithLedger();
  body.push(new Uint8Array(10));
  const broken = new Error("reset");
  body.fail(broken);
  await expect(reader.next()).rejects.toBe(broken);
  await expect(reader.next()).rejects.toBe(broken);
  body.push(new Uint8Array(3));
  expect(ledger).toEqual({ consumed: 13, abandoned: 0, done: 1 });
});

test("a break after the end takes nothing from the reader", async () => {
  const { body, reader } = bodyWithLedger();
  body.push(Uint8Array.of(1));
  body.end();
  body.fail(new Error("the channel ended later"));
  expect(await reader.next()).toMatchObject({ done: false });
  expect(await reader.next()).toMatchObject({ done: true });
});

test.each(["return", "throw"] as const)("a reader that leaves by %s frees everything, now and later", async (how) => {
  const { body, ledger, reader } = bodyWithLedger();
  body.push(new Uint8Array(4));
  body.push(new Uint8Array(6));
  await reader.next();
  await (how === "return" ? reader.return?.() : reader.throw?.(new Error("enough")).catch(() => {}));
  body.push(new Uint8Array(7));
  expect(ledger).toEqual({ consumed: 17, abandoned: 1, done: 1 });
});

test("leaving after the end is not early", async () => {
  const { body, ledger, reader } = bodyWithLedger();
  body.push(new Uint8Array(4));
  body.end();
  await reader.return?.();
  expect(ledger).toEqual({ consumed: 4, abandoned: 0, done: 1 });
});

test("a body has one reader at a time", async () => {
  const { reader } = bodyWithLedger();
  void reader.next();
  await expect(reader.next()).rejects.toThrow(TypeError);
});

test.each([
  [MAX_QUEUED_CHUNKS - 1, MAX_QUEUED_CHUNKS - 1],
  [MAX_QUEUED_CHUNKS, MAX_QUEUED_CHUNKS],
  [MAX_QUEUED_CHUNKS + 1, 2],
])("%i chunks of a byte wait as %i, and no byte is lost or moved", async (count, pieces) => {
  const { body, ledger } = bodyWithLedger();
  for (let index = 0; index < count; index += 1) body.push(Uint8Array.of(index));
  body.end();
  const read: Uint8Array[] = [];
  for await (const chunk of body) read.push(chunk);
  expect(read).toHaveLength(pieces);
  expect([...Buffer.concat(read)]).toEqual(Array.from({ length: count }, (_, index) => index & 255));
  expect(ledger.consumed).toBe(count);
});
