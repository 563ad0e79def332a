import { describe, expect, it } from "vitest";
import { LineCounter } from "./touch-scroll.ts";

describe("LineCounter", () => {
  it.each([
    [
      [10, 10, 10],
      [0, 1, 0],
    ],
    [[40], [2]],
    [
      [-10, -10, -20],
      [0, -1, -1],
    ],
    [
      [19, -19, 20],
      [0, 0, 1],
    ],
    [[0], [0]],
  ])("turns the ways %j over rows of 20 px into the lines %j", (ways, lines) => {
    const counter = new LineCounter();
    expect(ways.map((way) => counter.count(way, 20) + 0)).toEqual(lines);
  });
});
