import { expect, test } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const KEYS = ["network", "env", "fs", "memory", "max_fds", "max_pids"];

test.each([
  ["netwrok", "network"],
  ["Network", "network"],
  ["networks", "network"],
  ["memroy", "memory"],
  ["max_fd", "max_fds"],
  ["max_pid", "max_pids"],
  ["en", "env"],
])("%s was meant to be %s", (word, meant) => {
  expect(nearestWord(word, KEYS)).toBe(meant);
});

test.each(["", "x", "filesystem", "environment"])("nothing is near %j", (word) => {
  expect(nearestWord(word, KEYS)).toBeUndefined();
});
