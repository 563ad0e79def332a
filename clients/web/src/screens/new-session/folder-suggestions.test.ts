import { describe, expect, it } from "vitest";
import { isPath, matchProjects } from "./folder-suggestions.ts";

const projects = ["~/src/wingthing", "~/src/relay", "~/old/src/wing", "/srv/relays"].map((path) => ({
  path,
  shown: path,
  git: true,
  recent: false,
}));
const found = (typed: string) => matchProjects(projects, typed).map(({ path }) => path);

describe("matchProjects()", () => {
  it.each([
    ["", ["~/src/wingthing", "~/src/relay", "~/old/src/wing", "/srv/relays"]],
    ["wing", ["~/src/wingthing", "~/old/src/wing"]],
    ["RELAY", ["~/src/relay", "/srv/relays"]],
    ["src", ["~/src/wingthing", "~/src/relay", "~/old/src/wing"]],
    ["nowhere", []],
  ])("finds for %j: %j", (typed, paths) => {
    expect(found(typed)).toEqual(paths);
  });

  it("puts a name that begins with the text before a path that holds it", () => {
    expect(matchProjects([...projects].reverse(), "re").map(({ path }) => path)).toEqual([
      "/srv/relays",
      "~/src/relay",
    ]);
  });
});

describe("isPath()", () => {
  it.each([
    ["~", true],
    ["/", true],
    ["~/src", true],
    ["src", false],
    ["", false],
  ])("for %j is %s", (typed, is) => {
    expect(isPath(typed)).toBe(is);
  });
});
