import type { Refusal } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { expect, test } from "vitest";
import { REFUSAL_BURST, Refusals } from "./refusals.ts";

function makeRefusals() {
  const clock = { now: 1_700_000_000_000 };
  const refusals = new Refusals(() => clock.now);
  const told: Refusal[] = [];
  let next = 0;
  const addDifferent = (count: number) => {
    for (let index = 0; index < count; index += 1)
      refusals.add({ host: `n${next++}.example`, port: 443, reason: "no" });
  };
  return { clock, refusals, told, listen: () => refusals.onRefusal((refusal) => told.push(refusal)), addDifferent };
}

test("a refusal is told with name, port, reason and time", () => {
  const { refusals, told, listen } = makeRefusals();
  listen();
  refusals.add({ host: "evil.example", port: 443, reason: "no rule" });
  expect(told[0]).toMatchObject({
    host: "evil.example",
    port: 443,
    reason: "no rule",
    refusedAt: { seconds: 1_700_000_000n },
  });
});

test("what was refused before anybody listened is told to the first one", () => {
  const { told, listen, addDifferent } = makeRefusals();
  addDifferent(2);
  listen();
  listen();
  expect(told.map(({ host }) => host)).toEqual(["n0.example", "n1.example"]);
});

test.each([
  [-1, REFUSAL_BURST - 1],
  [0, REFUSAL_BURST],
  [1, REFUSAL_BURST],
])("of a burst %+d, %d are told at once", (more, wanted) => {
  const { told, listen, addDifferent } = makeRefusals();
  listen();
  addDifferent(REFUSAL_BURST + more);
  expect(told).toHaveLength(wanted);
});

test("those that were left out are counted, and the pace returns with time", () => {
  const { clock, told, listen, addDifferent } = makeRefusals();
  listen();
  addDifferent(REFUSAL_BURST + 1_000);
  clock.now += 250;
  addDifferent(1);
  expect(told.at(-1)?.reason).toBe("no (1000 more refusals before this one were not listed)");
  clock.now += 60_000;
  addDifferent(1);
  expect(told.at(-1)?.reason).toBe("no");
});

test("an attempt that repeats itself at once is told once, and again after a while", () => {
  const { clock, refusals, told, listen } = makeRefusals();
  listen();
  const attempt = { host: "evil.example", port: 443, reason: "no" };
  for (let index = 0; index < 100; index += 1) refusals.add(attempt);
  expect(told).toHaveLength(1);
  clock.now += 2_000;
  refusals.add(attempt);
  refusals.add({ ...attempt, port: 80 });
  expect(told.map(({ port }) => port)).toEqual([443, 443, 80]);
});

test("nothing that a program inside chose can draw on a terminal or fill it", () => {
  const { refusals, told, listen } = makeRefusals();
  listen();
  refusals.add({ host: `\u001b[2J\u0007${"x".repeat(1_000)}`, port: 1, reason: "no" });
  expect(told[0]?.host).toMatch(/^\?\[2J\?x{248}$/);
});
