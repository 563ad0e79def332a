import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRoostRecord, readStartTime, removeRoostRecord, writeRoostRecord } from "./roost-record.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wingthing-record-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a roost that runs is found, in a file for this user only, until it takes its record away", async () => {
  expect(readRoostRecord(folder)).toBeUndefined();
  await writeRoostRecord(folder, "http://localhost:8080");
  expect(readRoostRecord(folder)).toMatchObject({ pid: process.pid, url: "http://localhost:8080" });
  expect(statSync(join(folder, "roost.json")).mode & 0o777).toBe(0o600);
  await removeRoostRecord(folder);
  expect(readRoostRecord(folder)).toBeUndefined();
});

test("another process that got the roost's pid is not taken for the roost", async () => {
  await writeRoostRecord(folder, "http://localhost:8080");
  const file = join(folder, "roost.json");
  const record = JSON.parse(readFileSync(file, "utf8")) as { startTime: string };
  writeFileSync(file, JSON.stringify({ ...record, startTime: String(Number(record.startTime) - 1) }));
  expect(readRoostRecord(folder)).toBeUndefined();
});

test.each(["", "{", "[]", '{"pid":"1"}', '{"pid":1,"startTime":"1","url":"nonsense","startedAt":"now"}'])(
  "a record of %j names no roost",
  (text) => {
    writeFileSync(join(folder, "roost.json"), text);
    expect(readRoostRecord(folder)).toBeUndefined();
  },
);

test("the start time of a process is its own, and a dead one has none", () => {
  expect(readStartTime(process.pid)).toMatch(/^\d+$/);
  expect(readStartTime(2 ** 22 + 1)).toBeUndefined();
});
