import { expect, test } from "vitest";
import { renderTable, threeDigits } from "./table.ts";

test("a table has names to the left, numbers to the right, and no trailing blanks", () => {
  const rows = [
    ["metric", "ms"],
    ["echo", "0.31"],
    ["open to first byte", "12"],
  ];
  expect(renderTable(rows)).toBe(
    ["metric                ms", "echo                0.31", "open to first byte    12"].join("\n"),
  );
});

test("a short row ends early", () => {
  expect(renderTable([["a", "b"], ["long"]])).toBe("a     b\nlong");
});

test.each([
  [1234.5, "1235"],
  [99.96, "100.0"],
  [12.345, "12.3"],
  [1.234, "1.23"],
  [0.01234, "0.012"],
  [Number.NaN, "-"],
])("%d is written %s", (value, text) => {
  expect(threeDigits(value)).toBe(text);
});
