import { parseSessionId, parseWingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import type { SessionSummary } from "../../wing/session-summary.ts";
import type { WingFacts } from "../wing-facts.ts";
import { type SessionFacts, sessionView } from "./session-view.ts";

const NOW = 1_000_000_000;
const sessionId = parseSessionId(`s${"a".repeat(16)}`);
const wingId = parseWingId(`w${"a".repeat(20)}`);
const session: SessionSummary = {
  id: sessionId,
  agent: "shell",
  cwd: "/home/eb/src",
  title: "",
  life: { kind: "running" },
  startedAt: NOW,
  activeAt: NOW,
  attention: "",
  preview: "",
  viewers: 1,
  enforcement: [],
};
const info = { label: "studio", platform: "linux", labels: [], version: "1", agents: [], home: "/home/eb", roots: [] };
const online = { kind: "online" } as WingFacts["state"];
const wing: WingFacts = {
  wingId,
  label: "studio",
  seenAt: NOW - 120_000,
  state: online,
  trouble: "",
  info,
  list: { kind: "listed", sessions: [session] },
};
const facts = (change: Partial<SessionFacts> = {}): SessionFacts => ({
  sessionId,
  place: { kind: "on-wing", wingId, session },
  wing,
  maybeOn: [],
  attach: { kind: "live" },
  drawn: true,
  viewers: 1,
  grid: { columns: 80, rows: 24 },
  ownGrid: { columns: 80, rows: 24 },
  ending: false,
  now: NOW,
  ...change,
});
const away = { ...wing, state: { kind: "offline" } } as WingFacts;

describe("sessionView()", () => {
  it("names the agent, the folder and the wing", () => {
    expect(sessionView(facts())).toMatchObject({ title: "src", about: ["shell", "~/src", "studio"], strip: undefined });
  });

  it.each<[string, Partial<SessionFacts>, string]>([
    ["nobody can say yet", { place: { kind: "searching" }, drawn: false }, "searching"],
    [
      "a wing that may have it is away",
      { place: { kind: "maybe-offline", wingIds: [] }, maybeOn: ["attic"] },
      "waiting",
    ],
    ["no wing has it", { place: { kind: "absent" }, drawn: false }, "absent"],
    ["its wing is away and nothing was drawn", { wing: away, attach: { kind: "waiting" }, drawn: false }, "waiting"],
    [
      "it is over and its screen is gone",
      { attach: { kind: "ended", exit: { kind: "unknown" } }, drawn: false },
      "over",
    ],
    ["its wing went away", { wing: away, attach: { kind: "waiting" } }, "terminal"],
    ["it was taken off the list while it was read", { place: { kind: "absent" } }, "terminal"],
    ["the wing refuses", { attach: { kind: "refused", reason: "not yours" } }, "refused"],
    [
      "the wing has another key",
      { wing: { ...wing, state: { kind: "key-changed", pinned: new Uint8Array(), offered: undefined } } },
      "key-changed",
    ],
  ])("shows, when %s, %#", (_case, change, body) => {
    expect(sessionView(facts(change)).body.kind).toBe(body);
  });

  it.each<[string, Partial<SessionFacts>, RegExp | undefined]>([
    ["is live", {}, undefined],
    ["attaches for the first time", { attach: { kind: "attaching" }, drawn: false }, undefined],
    ["attaches again", { attach: { kind: "attaching" } }, /again.*kept/],
    ["broke off", { attach: { kind: "retrying", reason: "lost" } }, /again.*kept/],
    ["lost its wing", { attach: { kind: "waiting" }, wing: away }, /studio is offline/],
    ["ended", { attach: { kind: "ended", exit: { kind: "code", code: 0 } } }, undefined],
  ])("has, when the attach %s, the bar %#", (_case, change, text) => {
    const { strip } = sessionView(facts(change));
    if (text === undefined) expect(strip).toBeUndefined();
    else expect(strip).toMatch(text);
  });

  it("believes the end from the attach before the list tells it, and from the list without an attach", () => {
    const exit = { kind: "code", code: 3 } as const;
    expect(sessionView(facts({ attach: { kind: "ended", exit } }))).toMatchObject({
      exit,
      word: "ended 3",
      canEnd: false,
    });
    const listed = { ...session, life: { kind: "ended", exit, reason: "" } as const };
    const view = sessionView(facts({ attach: undefined, place: { kind: "on-wing", wingId, session: listed } }));
    expect(view).toMatchObject({ exit, canStartAgain: true });
  });

  it("cannot be ended twice", () => {
    expect(sessionView(facts())).toMatchObject({ canEnd: true, ending: false });
    expect(sessionView(facts({ ending: true }))).toMatchObject({ canEnd: false, ending: true });
    const attach = { kind: "ended", exit: { kind: "unknown" } } as const;
    expect(sessionView(facts({ ending: true, attach }))).toMatchObject({ canEnd: false, ending: false });
  });

  it("tells when the terminal has another viewer's grid", () => {
    const grid = { columns: 120, rows: 40 };
    expect(sessionView(facts({ grid })).foreignGrid).toEqual(grid);
    expect(sessionView(facts()).foreignGrid).toBeUndefined();
    expect(sessionView(facts({ grid, ownGrid: undefined })).foreignGrid).toBeUndefined();
  });
});
