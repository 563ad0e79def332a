import { describe, expect, it } from "vitest";
import { parseLastChoice } from "./last-choice.ts";

describe("parseLastChoice()", () => {
  it.each([
    [
      { agent: "shell", wingId: "w1" },
      { agent: "shell", wingId: "w1" },
    ],
    [{ agent: "shell" }, undefined],
    [{ agent: 1, wingId: "w1" }, undefined],
    [null, undefined],
    [undefined, undefined],
    ["shell", undefined],
  ])("reads %j as %j", (stored, choice) => {
    expect(parseLastChoice(stored)).toEqual(choice);
  });
});
