import { expect, test } from "vitest";
import { numberedLinesBytes } from "./bulk.ts";

test.each([1, 9, 10, 11, 99, 100, 12_345])("numbered lines up to %d are as long as they are", (last) => {
  const text = Array.from({ length: last }, (_, index) => `${index + 1}\r\n`).join("");
  expect(numberedLinesBytes(last)).toBe(text.length);
});
