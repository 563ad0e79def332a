import { parseSessionId, parseWingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import type { SessionSummary } from "../../wing/session-summary.ts";
import type { WingFacts } from "../wing-facts.ts";
import { homeView } from "./home-view.ts";

const NOW = 1_000_000_000;

const session = (letter: string, change: Partial<SessionSummary> = {}): SessionSummary => ({
  id: parseSessionId(`s${letter.repeat(16)}`),
  agent: "shell",
  cwd: `/home/eb/${letter}`,
  title: "",
  life: { kind: "running" },
  startedAt: NOW - 60_000,
  activeAt: NOW,
  attention: "",
  preview: "",
  viewers: 0,
  enforcement: [],
  ...change,
});
const wing = (letter: string, change: Partial<WingFacts> = {}): WingFacts => ({
  wingId: parseWingId(`w${letter.repeat(20)}`),
  label: letter,
  seenAt: 0,
  state: { kind: "offline" },
  trouble: "",
  info: undefined,
  list: { kind: "unknown" },
  ...change,
});
const online = { state: { kind: "online" } } as Partial<WingFacts>;
const listed = (...sessions: SessionSummary[]): Partial<WingFacts> => ({ list: { kind: "listed", sessions } });
const view = (...wings: WingFacts[]) => {
  const home = homeView("ready", "", wings, NOW);
  if (home.kind !== "wings") throw new Error(home.kind);
  return home;
};

describe("homeView()", () => {
  it("is about the roost until that has told the wings", () => {
    expect(homeView("loading", "", [], NOW)).toEqual({ kind: "loading" });
    expect(homeView("unreachable", "no route", [], NOW)).toEqual({ kind: "unreachable", reason: "no route" });
    expect(homeView("signed-out", "expired", [], NOW)).toEqual({ kind: "signed-out", reason: "expired" });
    expect(homeView("ready", "", [], NOW)).toEqual({ kind: "no-wings" });
  });

  it("gathers sessions that wait, from every wing, above all others", () => {
    const home = view(
      wing("a", { ...online, ...listed(session("b"), session("c", { attention: "rang the bell" })) }),
      wing("b", { ...online, ...listed(session("d", { attention: "asks to run a command" })) }),
    );
    expect(home.needs.map(({ title, attention }) => [title, attention])).toEqual([
      ["c", "rang the bell"],
      ["d", "asks to run a command"],
    ]);
  });

  it("never calls for a session that ended", () => {
    const ended = session("b", {
      attention: "rang the bell",
      life: { kind: "ended", exit: { kind: "code", code: 0 }, reason: "" },
    });
    expect(view(wing("a", { ...online, ...listed(ended) })).needs).toEqual([]);
  });

  it("orders cards: waiting, running, ended", () => {
    const home = view(
      wing("a", {
        ...online,
        ...listed(
          session("b", { life: { kind: "ended", exit: { kind: "code", code: 0 }, reason: "" } }),
          session("c"),
          session("d", { attention: "rang the bell" }),
        ),
      }),
    );
    expect(home.sections[0]?.cards.map(({ title }) => title)).toEqual(["d", "c", "b"]);
  });

  it("orders wings: online, those with something to say, offline", () => {
    const home = view(
      wing("a"),
      wing("b", { state: { kind: "key-changed", pinned: new Uint8Array(), offered: undefined } }),
      wing("c", online),
    );
    expect(home.sections.map(({ label }) => label)).toEqual(["c", "b", "a"]);
  });

  it.each<[string, Partial<WingFacts>, string]>([
    ["is offline and told nothing", {}, "away"],
    ["is being dialed", { state: { kind: "dialing", attempt: 1 } }, "loading"],
    ["is online and told nothing yet", online, "loading"],
    ["has no session", { ...online, ...listed() }, "empty"],
    ["has a session", { ...online, ...listed(session("b")) }, "cards"],
    ["went offline with a session", listed(session("b")), "cards"],
    ["went offline without one", listed(), "away"],
    ["refused", { state: { kind: "refused", reason: "not yours" } }, "refused"],
  ])("for a wing that %s holds %#", (_case, change, content) => {
    expect(view(wing("a", change)).sections[0]?.content).toBe(content);
  });

  it("says of a session on a wing that went away that it cannot be reached, not that it works", () => {
    expect(view(wing("a", listed(session("b")))).sections[0]?.cards[0]).toMatchObject({
      tone: "off",
      word: "not reachable",
    });
  });
});
