import { describe, expect, it } from "vitest";
import { parseRoute, pathOf } from "./route.ts";

const SESSION = "sabcdefghij234567";
const WING = "wabcdefghij234567abcd";

describe("parseRoute()", () => {
  it.each([
    ["/", "home"],
    [`/s/${SESSION}`, "session"],
    [`/s/${SESSION}/`, "session"],
    [`/w/${WING}`, "wing"],
    [`/w/${SESSION}`, "unknown"],
    ["/s/", "unknown"],
    ["/s/../w/x", "unknown"],
    [`/s/${SESSION}/files`, "unknown"],
    [`/s/${SESSION}0`, "unknown"],
    ["/account", "unknown"],
    ["//evil.example", "unknown"],
    ["", "home"],
  ])("reads %j as %s", (path, kind) => {
    expect(parseRoute(path).kind).toBe(kind);
  });

  it("is undone by pathOf()", () => {
    for (const path of ["/", `/s/${SESSION}`, `/w/${WING}`, "/nowhere"]) expect(pathOf(parseRoute(path))).toBe(path);
  });
});
