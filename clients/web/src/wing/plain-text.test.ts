import { describe, expect, it } from "vitest";
import { plainText } from "./plain-text.ts";

describe("plainText()", () => {
  it.each([
    ["vim notes.md", "vim notes.md"],
    ["  spaced \t out\n", "spaced   out"],
    ["red\u001b[31m", "red [31m"],
    ["exe.\u202egpj", "exe. gpj"],
    ["<b>bold</b>", "<b>bold</b>"],
    ["häschen 🐇", "häschen 🐇"],
    ["\u0000", ""],
  ])("shows %j as %j", (text, shown) => {
    expect(plainText(text, 40)).toBe(shown);
  });

  it.each([
    ["abc", 4, "abc"],
    ["abcd", 4, "abcd"],
    ["abcde", 4, "abc…"],
    ["🐇🐇🐇", 2, "🐇…"],
  ])("cuts %j to %i characters: %j", (text, max, shown) => {
    expect(plainText(text, max)).toBe(shown);
  });
});
