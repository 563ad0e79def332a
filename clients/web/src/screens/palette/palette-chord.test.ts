import { describe, expect, it } from "vitest";
import { isPaletteChord } from "./palette-chord.ts";

const plain = { key: "k", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe("isPaletteChord()", () => {
  it.each([
    [{ ctrlKey: true }, true],
    [{ metaKey: true }, true],
    [{ ctrlKey: true, key: "K" }, true],
    [{}, false],
    [{ ctrlKey: true, metaKey: true }, false],
    [{ ctrlKey: true, shiftKey: true }, false],
    [{ ctrlKey: true, altKey: true }, false],
    [{ ctrlKey: true, key: "j" }, false],
  ])("of %j is %s", (change, is) => {
    expect(isPaletteChord({ ...plain, ...change })).toBe(is);
  });
});
