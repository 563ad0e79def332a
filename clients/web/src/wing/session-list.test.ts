import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import {
  type Session,
  SessionSchema,
  WatchResponseSchema,
} from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { describe, expect, it } from "vitest";
import { applyWatch, type SessionList } from "./session-list.ts";
import { parseSession } from "./session-summary.ts";

const session = (letter: string, startedAtMs: number, title = ""): Session =>
  create(SessionSchema, {
    sessionId: `s${letter.repeat(16)}`,
    agent: "shell",
    cwd: "/home/eb/src",
    state: State.RUNNING,
    startedAt: timestampFromMs(startedAtMs),
    title,
  });
const all = (...sessions: Session[]) => create(WatchResponseSchema, { change: { case: "all", value: { sessions } } });
const updated = (value: Session) => create(WatchResponseSchema, { change: { case: "updated", value } });
const removed = (value: string) => create(WatchResponseSchema, { change: { case: "removedSessionId", value } });
const titles = (list: SessionList) =>
  list.kind === "listed" ? list.sessions.map(({ id, title }) => `${id[1]}${title}`) : [];

describe("applyWatch()", () => {
  it("keeps the list newest first through changes and removals", () => {
    let list: SessionList = { kind: "unknown" };
    list = applyWatch(list, all(session("a", 1), session("c", 3)));
    expect(titles(list)).toEqual(["c", "a"]);
    list = applyWatch(list, updated(session("b", 2)));
    expect(titles(list)).toEqual(["c", "b", "a"]);
    list = applyWatch(list, updated(session("b", 2, "-renamed")));
    expect(titles(list)).toEqual(["c", "b-renamed", "a"]);
    list = applyWatch(list, removed("scccccccccccccccc"));
    expect(titles(list)).toEqual(["b-renamed", "a"]);
  });

  it("knows nothing from a change that comes before the whole list", () => {
    expect(applyWatch({ kind: "unknown" }, updated(session("a", 1)))).toEqual({ kind: "unknown" });
  });

  it("replaces all that was known with a new whole list", () => {
    const before = applyWatch({ kind: "unknown" }, all(session("a", 1)));
    expect(titles(applyWatch(before, all(session("b", 2))))).toEqual(["b"]);
  });
});

describe("parseSession()", () => {
  it.each([
    [State.WAITING, { kind: "starting" }],
    [State.STARTING, { kind: "starting" }],
    [State.RUNNING, { kind: "running" }],
    [State.EXITED, { kind: "ended", exit: { kind: "unknown" }, reason: "" }],
  ])("reads state %i as %j", (state, life) => {
    expect(parseSession(create(SessionSchema, { ...session("a", 1), state })).life).toEqual(life);
  });

  it.each([
    [{ code: 0 }, { kind: "code", code: 0 }],
    [{ code: 130 }, { kind: "code", code: 130 }],
    [{ signal: "SIGKILL" }, { kind: "signal", signal: "SIGKILL" }],
    [{}, { kind: "unknown" }],
  ])("reads the end %j as %j", (exited, exit) => {
    const ended = create(SessionSchema, {
      sessionId: "saaaaaaaaaaaaaaaa",
      state: State.EXITED,
      exited,
      endReason: "its machine restarted",
    });
    expect(parseSession(ended).life).toEqual({ kind: "ended", exit, reason: "its machine restarted" });
  });

  it("refuses a session whose id is malformed", () => {
    expect(() => parseSession(create(SessionSchema, { sessionId: "../etc" }))).toThrow("session id");
  });
});
