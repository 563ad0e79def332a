import { parseSessionId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import type { SessionSummary } from "../wing/session-summary.ts";
import { IDLE_AFTER_MS, sessionWord } from "./session-words.ts";

const NOW = 10_000_000;
const running: SessionSummary = {
  id: parseSessionId(`s${"a".repeat(16)}`),
  agent: "shell",
  cwd: "/",
  title: "",
  life: { kind: "running" },
  startedAt: 0,
  activeAt: NOW,
  attention: "",
  preview: "",
  viewers: 0,
  enforcement: [],
};
const ended = (exit: object) => ({ life: { kind: "ended", exit, reason: "" } }) as Partial<SessionSummary>;

describe("sessionWord()", () => {
  it.each<[Partial<SessionSummary>, string, string]>([
    [{}, "busy", "working"],
    [{ activeAt: NOW - IDLE_AFTER_MS + 1 }, "busy", "working"],
    [{ activeAt: NOW - IDLE_AFTER_MS }, "idle", "idle"],
    [{ activeAt: NOW - 2 * 3_600_000 }, "idle", "idle 2 h"],
    [{ activeAt: NOW + 5_000 }, "busy", "working"],
    [{ attention: "rang the bell", activeAt: 0 }, "wait", "waits for you"],
    [{ life: { kind: "starting" } }, "busy", "starting"],
    [ended({ kind: "code", code: 0 }), "off", "ended 0"],
    [ended({ kind: "code", code: 129 }), "off", "ended 129"],
    [ended({ kind: "code", code: 2 }), "bad", "ended 2"],
    [ended({ kind: "signal", signal: "SIGHUP" }), "off", "ended by SIGHUP"],
    [ended({ kind: "signal", signal: "SIGKILL" }), "bad", "ended by SIGKILL"],
    [{ ...ended({ kind: "unknown" }), attention: "rang the bell" }, "bad", "ended"],
  ])("for %j is %s, %s", (change, tone, word) => {
    expect(sessionWord({ ...running, ...change }, NOW)).toEqual({ tone, word });
  });
});
