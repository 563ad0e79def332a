import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findProcess, runs, signalProcess } from "./process-identity.ts";

async function sleeper() {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  return child;
}

test("a process is found by its number with the start time that the kernel tells", () => {
  const found = findProcess(process.pid);
  expect(found).toEqual({ pid: process.pid, startTime: expect.stringMatching(/^\d+$/) });
});

test("a process runs until it ends, and a number that another start time carries never runs", async () => {
  const child = await sleeper();
  const identity = findProcess(child.pid!)!;
  expect(runs(identity)).toBe(true);
  expect(runs({ pid: identity.pid, startTime: "1" })).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(runs(identity)).toBe(false);
});

test("a signal for a process that is gone does not reach the one that got its number", async () => {
  const child = await sleeper();
  const identity = findProcess(child.pid!)!;
  signalProcess({ pid: identity.pid, startTime: String(Number(identity.startTime) - 1) }, "SIGKILL");
  expect(runs(identity)).toBe(true);
  signalProcess(identity, "SIGKILL");
  await once(child, "exit");
});

test("a program that calls itself like a part of the kernel's line does not shift the fields", () => {
  const title = process.title;
  const startTime = findProcess(process.pid)?.startTime;
  process.title = "a) Z 1 (b";
  try {
    expect(readFileSync(`/proc/${process.pid}/stat`, "utf8")).toContain("(a) Z 1 (b)");
    expect(findProcess(process.pid)).toEqual({ pid: process.pid, startTime });
  } finally {
    process.title = title;
  }
});
