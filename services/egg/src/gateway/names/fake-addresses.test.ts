import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeAddresses, isFakeAddress, MAX_FAKE_NAMES } from "./fake-addresses.ts";

test("a name keeps its address, and the address leads back to it", () => {
  const addresses = new FakeAddresses();
  expect(addresses.addressOf("a.example")).toBe("198.18.0.1");
  expect(addresses.addressOf("b.example")).toBe("198.18.0.2");
  expect(addresses.addressOf("a.example")).toBe("198.18.0.1");
  expect(addresses.nameOf("198.18.0.2")).toBe("b.example");
});

test.each([
  "198.18.0.0",
  "198.18.0.1",
  "198.19.255.255",
  "198.20.0.1",
  "198.18.0",
  "198.18.0.1.",
  "198.18.300.1",
  "10.0.0.1",
  "::1",
])("%s leads to no name when none has it", (address) => expect(new FakeAddresses().nameOf(address)).toBeUndefined());

test.each([
  [-1, true],
  [0, true],
  [1, false],
])("with the limit %+d names, the first one is still known: %s", (more, isKnown) => {
  const limit = 8;
  const addresses = new FakeAddresses(limit);
  for (let index = 0; index < limit + more; index += 1) addresses.addressOf(`n${index}.example`);
  expect(addresses.nameOf("198.18.0.1")).toBe(isKnown ? "n0.example" : undefined);
});

test("a name in use outlives those that are not", () => {
  const addresses = new FakeAddresses(2);
  addresses.addressOf("kept.example");
  addresses.addressOf("other.example");
  addresses.nameOf("198.18.0.1");
  addresses.addressOf("new.example");
  expect(addresses.nameOf("198.18.0.1")).toBe("kept.example");
  expect(addresses.nameOf("198.18.0.2")).toBeUndefined();
});

test("an address that was dropped is not given to another name while any other is left", () => {
  const addresses = new FakeAddresses(1);
  const given = new Set<string>();
  const whole = 2 ** 17 - 2;
  for (let index = 0; index < whole; index += 1) given.add(addresses.addressOf(`n${index}`));
  expect(given.size).toBe(whole);
  expect(given.has("198.19.255.254")).toBe(true);
  expect(addresses.addressOf("again")).toBe("198.18.0.1");
});

test("the default limit leaves most of the range free, so that addresses are not reused soon", () => {
  expect(MAX_FAKE_NAMES * 4).toBeLessThan(2 ** 17);
});

test("every address that is given out is recognised as one", () => {
  fc.assert(
    fc.property(fc.array(fc.domain()), (names) =>
      names.every((name) => isFakeAddress(new FakeAddresses().addressOf(name))),
    ),
  );
});
