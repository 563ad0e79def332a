import { expect, test } from "vitest";
import { Inlet } from "./inlet.ts";

function record(inlet: Inlet<number, string>): (number | string)[] {
  const events: (number | string)[] = [];
  inlet.onMessage((message) => events.push(message));
  inlet.onClose((reason) => events.push(reason));
  return events;
}

test("what was held comes first, in order, and then what follows", async () => {
  const inlet = new Inlet<number, string>(8);
  inlet.push(1);
  inlet.push(2);
  const events = record(inlet);
  inlet.push(3);
  expect(events).toEqual([]);
  await Promise.resolve();
  inlet.push(4);
  expect(events).toEqual([1, 2, 3, 4]);
});

test("with a handler and nothing held, a message is passed on within the call", () => {
  const inlet = new Inlet<number, string>(8);
  const events = record(inlet);
  inlet.push(1);
  expect(events).toEqual([1]);
});

test("the end is told after what is held, and only once", async () => {
  const inlet = new Inlet<number, string>(8);
  inlet.push(1);
  inlet.end("first");
  inlet.end("second");
  const events = record(inlet);
  await Promise.resolve();
  expect(events).toEqual([1, "first"]);
  expect(inlet.push(2)).toBe(true);
  expect(events).toEqual([1, "first"]);
});

test("a reader that has gone is told the end and nothing that was held", async () => {
  const inlet = new Inlet<number, string>(8);
  inlet.push(1);
  inlet.abandon("gone");
  const events = record(inlet);
  await Promise.resolve();
  expect(events).toEqual(["gone"]);
});

test.each([
  [2, true],
  [3, true],
  [4, false],
])("the %i. message without a handler fits into three: %s", (count, fits) => {
  const inlet = new Inlet<number, string>(3);
  const results = Array.from({ length: count }, (_, index) => inlet.push(index));
  expect(results.at(-1)).toBe(fits);
});
