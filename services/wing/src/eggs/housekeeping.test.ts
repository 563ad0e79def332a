import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { SessionSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { expect, test } from "vitest";
import { choresOf, MAX_ENDED_SESSIONS } from "./housekeeping.ts";

const NOW = 1_000_000_000;
const session = (sessionId: string, state: State, agoMs: number) =>
  create(SessionSchema, { sessionId, state, activeAt: timestampFromMs(NOW - agoMs) });

test("a session is stopped one millisecond after its idle time, never before, and never without one", () => {
  const sessions = [999, 1_000, 1_001].map((agoMs) => session(`s${agoMs}`, State.RUNNING, agoMs));
  expect(choresOf(sessions, NOW, { idleTimeoutMs: 1_000 }).stop).toEqual(["s1001"]);
  expect(choresOf(sessions, NOW, {}).stop).toEqual([]);
});

test("an ended session is forgotten one millisecond after its retention, a running one never", () => {
  const sessions = [
    ...[999, 1_000, 1_001].map((agoMs) => session(`s${agoMs}`, State.EXITED, agoMs)),
    session("runs", State.RUNNING, 5_000),
  ];
  expect(choresOf(sessions, NOW, { retentionMs: 1_000 }).forget).toEqual(["s1001"]);
});

test.each([
  [MAX_ENDED_SESSIONS - 1, 0],
  [MAX_ENDED_SESSIONS, 0],
  [MAX_ENDED_SESSIONS + 1, 1],
])("of %i ended sessions the %i oldest are forgotten", (count, forgotten) => {
  const sessions = Array.from({ length: count }, (_, n) => session(`s${n}`, State.EXITED, n));
  const { forget } = choresOf(sessions, NOW, {});
  expect(forget).toEqual(forgotten === 0 ? [] : [`s${count - 1}`]);
});
