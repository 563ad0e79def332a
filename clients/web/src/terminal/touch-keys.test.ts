import { describe, expect, it } from "vitest";
import { withCtrl } from "./touch-keys.ts";

describe("withCtrl()", () => {
  it.each([
    ["c", "\u0003"],
    ["C", "\u0003"],
    ["[", "\u001b"],
    ["_", "\u001f"],
    ["@", "\u0000"],
    [" ", "\u0000"],
    ["?", "\u007f"],
    ["1", "1"],
    ["ä", "ä"],
    ["ls", "ls"],
    ["", ""],
  ])("turns %j into %j", (typed, sent) => {
    expect(withCtrl(typed)).toBe(sent);
  });
});
