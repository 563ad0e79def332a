import { describe, expect, it } from "vitest";
import { type Command, rankCommands } from "./rank-commands.ts";

const command = (title: string, hint = ""): Command => ({ id: title, title, hint, group: "Actions" });
const commands = [
  command("Refactoring the session store", "Claude Code · ~/src/wingthing · studio"),
  command("relay", "Shell · ~/src/relay · studio"),
  command("New session"),
  command("Go home"),
];
const titles = (query: string) => rankCommands(query, commands).map(({ title }) => title);

describe("rankCommands()", () => {
  it("keeps all in their order without a query", () => {
    expect(titles("  ")).toEqual(commands.map(({ title }) => title));
  });

  it.each([
    ["new", ["New session"]],
    ["session", ["Refactoring the session store", "New session"]],
    ["SRC", ["Refactoring the session store", "relay"]],
    ["claude store", ["Refactoring the session store"]],
    ["re", ["Refactoring the session store", "relay", "New session"].slice(0, 2)],
    ["ho", ["Go home"]],
    ["nothing of it", []],
    [".*", []],
  ])("finds for %j: %j", (query, found) => {
    expect(titles(query)).toEqual(found);
  });

  it("puts the start of a title before the middle of one", () => {
    expect(
      rankCommands("re", [command("more"), command("relay"), command("a relay")]).map(({ title }) => title),
    ).toEqual(["relay", "a relay", "more"]);
  });
});
