import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { ExitedSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { newSessionId } from "@wingthing/contracts/ids";
import { expect, test } from "vitest";
import { makeTempHome } from "../testing/temp-home.ts";
import { EggFolder } from "./egg-folder.ts";

const sessionId = newSessionId((bytes) => crypto.getRandomValues(bytes));

test("a new folder is private and holds a token of its own", async () => {
  await using home = await makeTempHome();
  const folder = await EggFolder.make(home.path, sessionId);
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder.path, "egg.token"))).mode & 0o777).toBe(0o600);
  expect(await folder.readToken()).toMatch(/^[0-9a-f]{64}$/);
  await expect(EggFolder.make(home.path, sessionId)).rejects.toThrow("EEXIST");
});

test("only folders whose names are session ids are eggs", async () => {
  await using home = await makeTempHome();
  await EggFolder.make(home.path, sessionId);
  for (const name of ["..x", "s123", "S".repeat(17), ".hidden"]) await mkdir(join(home.path, name));
  await writeFile(join(home.path, "saaaaaaaaaaaaaaaa"), "a file");
  expect((await EggFolder.list(home.path)).map((folder) => folder.sessionId)).toEqual([sessionId]);
});

test("what the wing writes down it reads back", async () => {
  await using home = await makeTempHome();
  const folder = await EggFolder.make(home.path, sessionId);
  const record = { agent: "shell", cwd: "/srv", startedAtMs: 5 };
  await folder.writeRecord(record);
  await folder.writeSpawned({ pid: 7, startTime: "8" });
  expect(await folder.readRecord()).toEqual(record);
  expect(await folder.readSpawned()).toEqual({ pid: 7, startTime: "8" });

  const exited = create(ExitedSchema, { code: 3, seq: 2n ** 60n });
  await folder.writeEnd({ endedAtMs: 9, reason: "idle", exited });
  expect(await folder.readEnd()).toEqual({ endedAtMs: 9, reason: "idle", exited });
});

test("an egg's own exit is read, and the wing's note wins over it", async () => {
  await using home = await makeTempHome();
  const folder = await EggFolder.make(home.path, sessionId);
  const endedAt = "2026-11-23T10:00:00.000Z";
  await writeFile(join(folder.path, "egg.exit"), JSON.stringify({ signal: "SIGKILL", seq: "12", endedAt }));
  const exited = create(ExitedSchema, { signal: "SIGKILL", seq: 12n });
  expect(await folder.readEnd()).toEqual({ endedAtMs: Date.parse(endedAt), reason: "", exited });
  await folder.writeEnd({ endedAtMs: 9, reason: "idle" });
  expect(await folder.readEnd()).toEqual({ endedAtMs: 9, reason: "idle" });
});

test.each([
  "",
  "{",
  "[]",
  "null",
  '{"pid":-1,"startTime":"1"}',
  '{"pid":1}',
  '{"pid":1,"startTime":"a b"}',
  "x".repeat(20_000),
])("a damaged process file counts as missing: %j", async (text) => {
  await using home = await makeTempHome();
  const folder = await EggFolder.make(home.path, sessionId);
  await writeFile(join(folder.path, "egg.pid"), text);
  expect(await folder.readEggProcess()).toBeUndefined();
});

test("a start time is read as number and as text", async () => {
  await using home = await makeTempHome();
  const folder = await EggFolder.make(home.path, sessionId);
  await writeFile(join(folder.path, "egg.pid"), '{"pid":12,"startTime":345}');
  expect(await folder.readEggProcess()).toEqual({ pid: 12, startTime: "345" });
});

test("a removed folder takes no more notes and complains about none", async () => {
  await using home = await makeTempHome();
  const folder = await EggFolder.make(home.path, sessionId);
  await folder.remove();
  await folder.writeEnd({ endedAtMs: 1, reason: "" });
  expect(await folder.readEnd()).toBeUndefined();
});
