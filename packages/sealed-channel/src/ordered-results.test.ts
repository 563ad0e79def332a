import fc from "fast-check";
import { expect, test } from "vitest";
import { OrderedResults } from "./ordered-results.ts";

function outcome() {
  const delivered: number[] = [];
  const failures: unknown[] = [];
  const results = new OrderedResults({
    deliver: (result) => delivered.push(result[0] ?? -1),
    fail: (cause) => failures.push(cause),
  });
  return { delivered, failures, results };
}

test("a result that is there at once is handed on within the call", () => {
  const { delivered, results } = outcome();
  results.push(Uint8Array.of(7), 1);
  expect(delivered).toEqual([7]);
  expect(results.pendingBytes).toBe(0);
});

test("results come in the order of their calls, whatever order they finish in", async () => {
  const kinds = fc.array(fc.record({ later: fc.boolean(), rank: fc.nat(1000) }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(kinds, async (calls) => {
      const { delivered, results } = outcome();
      const finishers: { readonly rank: number; readonly finish: () => void }[] = [];
      calls.forEach(({ later, rank }, index) => {
        const value = Uint8Array.of(index);
        if (later) results.push(new Promise((resolve) => finishers.push({ rank, finish: () => resolve(value) })), 1);
        else results.push(value, 1);
      });
      for (const { finish } of finishers.sort((a, b) => a.rank - b.rank)) finish();
      await new Promise<void>((resolve) => results.whenIdle(resolve));
      expect(delivered).toEqual(calls.map((_, index) => index));
      expect(results.pendingBytes).toBe(0);
    }),
  );
});

test("bytes count as pending until their result was handed on", async () => {
  const { results } = outcome();
  const first = Promise.withResolvers<Uint8Array>();
  results.push(first.promise, 10);
  results.push(Uint8Array.of(2), 5);
  expect(results.pendingBytes).toBe(15);
  first.resolve(Uint8Array.of(1));
  await first.promise;
  await Promise.resolve();
  expect(results.pendingBytes).toBe(0);
});

test("the first failure is told once, and nothing follows it", async () => {
  const { delivered, failures, results } = outcome();
  const boom = new Error("boom");
  results.push(Promise.reject(boom), 1);
  results.push(Promise.reject(new Error("later")), 1);
  results.push(Uint8Array.of(3), 1);
  await new Promise<void>((resolve) => results.whenIdle(resolve));
  expect(failures).toEqual([boom]);
  results.push(Uint8Array.of(4), 1);
  expect(delivered).toEqual([]);
});
