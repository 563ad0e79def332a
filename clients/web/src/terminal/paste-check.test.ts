import { describe, expect, it } from "vitest";
import { checkPaste, MANY_LINES_BRACKETED, MANY_LINES_RAW, MAX_PASTE_CHARACTERS } from "./paste-check.ts";

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`).join("\n");

describe("checkPaste()", () => {
  it.each([
    ["a word, to a shell", "ls -la", false, "send"],
    ["a line with its end, to a shell without bracketed paste: it would run", "ls\n", false, "ask"],
    ["the same with bracketed paste", "ls\n", true, "send"],
    ["as many lines as ask without bracketed paste", lines(MANY_LINES_RAW), false, "ask"],
    ["one line fewer", lines(MANY_LINES_RAW - 1), false, "send"],
    ["one line fewer than many", lines(MANY_LINES_BRACKETED - 1), true, "send"],
    ["many lines", lines(MANY_LINES_BRACKETED), true, "ask"],
    ["many lines, the last ended", `${lines(MANY_LINES_BRACKETED - 1)}\n`, true, "send"],
    ["more than many lines", lines(MANY_LINES_BRACKETED + 1), true, "ask"],
    ["a tab", "a\tb", true, "send"],
    ["an escape", "a\u001b[31m", true, "ask"],
    ["an interrupt", "\u0003", true, "ask"],
    ["a C1 control", "\u009b31m", true, "ask"],
    ["nothing", "", true, "empty"],
    ["emoji and umlauts", "häschen 🐇", false, "send"],
    ["one character less than the longest", "x".repeat(MAX_PASTE_CHARACTERS - 1), true, "send"],
    ["the longest", "x".repeat(MAX_PASTE_CHARACTERS), true, "send"],
    ["one character more", "x".repeat(MAX_PASTE_CHARACTERS + 1), true, "too-long"],
  ])("%s: %#", (_case, text, bracketed, kind) => {
    expect(checkPaste(text, bracketed).kind).toBe(kind);
  });

  it("takes out what would end a bracketed paste early", () => {
    expect(checkPaste("safe\u001b[201~rm -rf ~", true)).toEqual({ kind: "send", text: "saferm -rf ~" });
  });

  it("shows control characters in caret notation and keeps them in what is sent", () => {
    expect(checkPaste("a\u001b[A\u0003\u007f\u009b", true)).toMatchObject({
      text: "a\u001b[A\u0003\u007f\u009b",
      controls: 4,
      shown: "a^[[A^C^?\\x9b",
    });
  });
});
