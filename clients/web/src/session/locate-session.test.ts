import { parseSessionId, parseWingId, type WingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import type { SessionList } from "../wing/session-list.ts";
import type { SessionSummary } from "../wing/session-summary.ts";
import type { WingState } from "../wing/wing-state.ts";
import { locateSession, type WingKnowledge } from "./locate-session.ts";

const wanted = parseSessionId(`s${"a".repeat(16)}`);
const studio = parseWingId(`w${"a".repeat(20)}`);
const laptop = parseWingId(`w${"b".repeat(20)}`);

const summary = { id: wanted } as SessionSummary;
const unknown: SessionList = { kind: "unknown" };
const empty: SessionList = { kind: "listed", sessions: [] };
const having: SessionList = { kind: "listed", sessions: [summary] };
const wing = (wingId: WingId, state: WingState["kind"], list: SessionList): WingKnowledge => ({ wingId, state, list });

describe("locateSession()", () => {
  it.each<[string, readonly WingKnowledge[] | undefined, WingId | undefined, unknown]>([
    ["the machines are not told yet", undefined, studio, { kind: "searching" }],
    [
      "a wing lists it",
      [wing(studio, "online", having)],
      undefined,
      { kind: "on-wing", wingId: studio, session: summary },
    ],
    [
      "a wing listed it and went offline",
      [wing(studio, "offline", having)],
      undefined,
      { kind: "on-wing", wingId: studio, session: summary },
    ],
    [
      "memory names a wing that has not told yet",
      [wing(laptop, "online", empty), wing(studio, "offline", unknown)],
      studio,
      { kind: "on-wing", wingId: studio, session: undefined },
    ],
    ["memory names a wing that no longer has it", [wing(studio, "online", empty)], studio, { kind: "absent" }],
    [
      "another wing has it than memory says",
      [wing(studio, "dialing", unknown), wing(laptop, "online", having)],
      studio,
      { kind: "on-wing", wingId: laptop, session: summary },
    ],
    ["a wing is still being dialed", [wing(studio, "securing", unknown)], undefined, { kind: "searching" }],
    [
      "the only wing that was not asked is offline",
      [wing(laptop, "online", empty), wing(studio, "offline", unknown)],
      undefined,
      { kind: "maybe-offline", wingIds: [studio] },
    ],
    [
      "the only wing that was not asked has another key",
      [wing(studio, "key-changed", unknown)],
      undefined,
      { kind: "maybe-offline", wingIds: [studio] },
    ],
    ["there is no wing at all", [], undefined, { kind: "absent" }],
  ])("when %s", (_case, wings, remembered, place) => {
    expect(locateSession(wanted, wings, remembered)).toEqual(place);
  });
});
