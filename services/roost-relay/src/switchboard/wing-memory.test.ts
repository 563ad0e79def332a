import { expect, test } from "vitest";
import { wingId } from "../testing/test-identity.ts";
import { WingMemory } from "./wing-memory.ts";

const wing = (name: string) => ({ wingId: wingId(name), groups: [name] });

test("as many wings as it holds are remembered; one more makes it forget the one that went first", () => {
  const memory = new WingMemory(2);
  memory.remember(wing("first"));
  memory.remember(wing("second"));
  expect(memory.groupsOf(wingId("first"))).toEqual(["first"]);
  memory.remember(wing("third"));
  expect(memory.groupsOf(wingId("first"))).toBeUndefined();
  expect(memory.groupsOf(wingId("second"))).toEqual(["second"]);
  expect(memory.groupsOf(wingId("third"))).toEqual(["third"]);
});

test("a wing that went again counts as the latest", () => {
  const memory = new WingMemory(2);
  for (const name of ["first", "second", "first", "third"]) memory.remember(wing(name));
  expect(memory.groupsOf(wingId("second"))).toBeUndefined();
  expect(memory.groupsOf(wingId("first"))).toEqual(["first"]);
});

test("a wing that is back is forgotten here", () => {
  const memory = new WingMemory(2);
  memory.remember(wing("first"));
  memory.forget(wingId("first"));
  expect(memory.groupsOf(wingId("first"))).toBeUndefined();
});
