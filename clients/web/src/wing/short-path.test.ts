import { describe, expect, it } from "vitest";
import { folderName, shortPath, withTilde } from "./short-path.ts";

describe("withTilde()", () => {
  it.each([
    ["/home/eb/src", "/home/eb", "~/src"],
    ["/home/eb", "/home/eb", "~"],
    ["/home/ebert/src", "/home/eb", "/home/ebert/src"],
    ["/srv/data", "/home/eb", "/srv/data"],
    ["/etc", "/", "/etc"],
    ["/etc", "", "/etc"],
  ])("shows %s with home %s as %s", (path, home, shown) => {
    expect(withTilde(path, home)).toBe(shown);
  });
});

describe("shortPath()", () => {
  it.each([
    ["/home/eb/src/wingthing", 40, "~/src/wingthing"],
    ["/home/eb/src/wingthing", 15, "~/src/wingthing"],
    ["/home/eb/src/wingthing", 14, "~/…/wingthing"],
    ["/home/eb/a/b/c/wingthing", 15, "~/…/c/wingthing"],
    ["/srv/very/deep/tree/of/folders", 20, "/srv/…/of/folders"],
    ["/srv/very/deep/tree/of/folders", 3, "…/folders"],
    ["/averyveryverylongname", 8, "/averyveryverylongname"],
    ["/", 1, "/"],
  ])("shortens %s to %i characters: %s", (path, max, shown) => {
    expect(shortPath(path, "/home/eb", max)).toBe(shown);
  });
});

describe("folderName()", () => {
  it.each([
    ["/home/eb/src/", "src"],
    ["/", "/"],
    ["~", "~"],
  ])("of %s is %s", (path, name) => {
    expect(folderName(path)).toBe(name);
  });
});
