import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { State, StatusSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { expect, test } from "vitest";
import { activeAtMs, sessionEnded, sessionFromRecord, sessionFromStatus, worthTelling } from "./session-view.ts";

const started = sessionFromRecord("s1", { agent: "shell", cwd: "/srv", startedAtMs: 1_000 });

test("the egg's status replaces what it speaks of and keeps the rest", () => {
  const status = create(StatusSchema, { state: State.RUNNING, title: "vim", activeAt: timestampFromMs(9_000) });
  const session = sessionFromStatus(started, status);
  expect(session).toMatchObject({ sessionId: "s1", agent: "shell", cwd: "/srv", title: "vim" });
  expect(activeAtMs(session)).toBe(9_000);
  expect(session.startedAt).toEqual(started.startedAt);
});

test("an ended session keeps no viewers and says why it ended", () => {
  const watched = sessionFromStatus(started, create(StatusSchema, { viewers: { controllers: 2 }, attention: "bell" }));
  const ended = sessionEnded(watched, { endedAtMs: 5_000, reason: "idle" });
  expect(ended).toMatchObject({ state: State.EXITED, endReason: "idle", attention: "" });
  expect(ended.viewers).toBeUndefined();
});

test.each([
  ["nothing", {}, false],
  ["999 ms of activity", { activeAt: timestampFromMs(1_999) }, false],
  ["1,000 ms of activity", { activeAt: timestampFromMs(2_000) }, true],
  ["1,001 ms of activity", { activeAt: timestampFromMs(2_001) }, true],
  ["a title", { title: "vim" }, true],
  ["attention", { attention: "rang the bell" }, true],
  ["a preview", { preview: "$ " }, true],
  ["a viewer", { viewers: { controllers: 1, watchers: 0 } }, true],
  ["a grid", { size: { columns: 80, rows: 24 } }, true],
])("%s is worth telling: %s", (_what, changed, expected) => {
  const status = create(StatusSchema, { state: State.RUNNING, ...changed });
  expect(worthTelling(started, sessionFromStatus(started, status))).toBe(expected);
});
