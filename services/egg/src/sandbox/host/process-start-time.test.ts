import { expect, test } from "vitest";
import { processStartTime } from "./process-start-time.ts";

test("a living process has one start time, a pid without a process none", () => {
  expect(processStartTime(process.pid)).toMatch(/^\d+$/);
  expect(processStartTime(process.pid)).toBe(processStartTime(process.pid));
  expect(processStartTime(process.pid)).not.toBe(processStartTime(process.ppid));
  expect(processStartTime(2 ** 22 + 1)).toBeUndefined();
});
