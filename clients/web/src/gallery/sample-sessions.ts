import { parseSessionId, parseWingId } from "@wingthing/contracts/ids";
import type { WingFacts } from "../screens/wing-facts.ts";
import type { SessionSummary } from "../wing/session-summary.ts";
import type { WingInfo } from "../wing/wing-info.ts";
import type { WingServices } from "../wing/wing-state.ts";

/** The moment at which every picture of the gallery is taken. */
export const NOW = Date.UTC(2026, 10, 23, 14, 12);
const MINUTE = 60_000;

/** A wing id made of one letter. */
export const wingId = (letter: string) => parseWingId(`w${letter.repeat(20)}`);

const session = (letter: string, change: Partial<SessionSummary>): SessionSummary => ({
  id: parseSessionId(`s${letter.repeat(16)}`),
  agent: "shell",
  cwd: "/home/eb/src",
  title: "",
  life: { kind: "running" },
  startedAt: NOW - 42 * MINUTE,
  activeAt: NOW - 2_000,
  attention: "",
  preview: "",
  viewers: 0,
  enforcement: [
    { area: "filesystem", tier: "bubblewrap", reason: "" },
    { area: "network", tier: "ports", reason: "names are checked at the gateway; nftables would add addresses" },
    { area: "syscalls", tier: "seccomp", reason: "" },
  ],
  ...change,
});

/** Sessions in every state. */
export const SESSIONS = {
  refactor: session("a", {
    agent: "claude",
    cwd: "/home/eb/src/wingthing",
    title: "Refactoring the session store",
    preview: "● Bash(npm test -- eggs) └ running… 14 s",
    viewers: 2,
  }),
  relay: session("b", {
    cwd: "/home/eb/src/relay",
    title: "relay",
    startedAt: NOW - 190 * MINUTE,
    activeAt: NOW - 12 * MINUTE,
    preview: "test result: ok. 48 passed; 0 failed",
  }),
  chapter: session("c", {
    agent: "codex",
    cwd: "/home/eb/notes",
    title: "Chapter 3",
    attention: "asks to run a command",
    preview: "Run git push origin main?",
    activeAt: NOW - 2 * MINUTE,
  }),
  shop: session("d", {
    agent: "opencode",
    cwd: "/srv/teams/storefront/checkout/services/payments/shop",
    title: "shop: checkout tests, with a title that is much longer than any card is wide",
    attention: "rang the bell",
    activeAt: NOW - 20_000,
  }),
  starting: session("e", {
    agent: "claude",
    cwd: "/home/eb/src/wingthing",
    life: { kind: "starting" },
    startedAt: NOW - 900,
  }),
  done: session("f", {
    cwd: "/home/eb",
    title: "backup",
    life: { kind: "ended", exit: { kind: "code", code: 0 }, reason: "" },
    startedAt: NOW - 26 * 60 * MINUTE,
    preview: "done, 41,203 files",
  }),
  killed: session("g", {
    agent: "gemini",
    cwd: "/home/eb/src/experiments/very/deep/folder/structure",
    title: "migrate schema",
    life: { kind: "ended", exit: { kind: "signal", signal: "SIGKILL" }, reason: "" },
    startedAt: NOW - 5 * 60 * MINUTE,
    preview: "Killed: memory limit of 4 GiB reached",
  }),
} as const;

/** What a wing tells of itself. */
export const INFO: WingInfo = {
  label: "studio",
  platform: "linux",
  labels: ["gpu"],
  version: "0.1.0",
  agents: [
    { name: "claude", title: "Claude Code", installed: true, installHint: "" },
    { name: "codex", title: "Codex", installed: true, installHint: "" },
    { name: "shell", title: "Shell", installed: true, installHint: "" },
    { name: "gemini", title: "Gemini CLI", installed: false, installHint: "npm install -g @google/gemini-cli" },
    { name: "opencode", title: "opencode", installed: false, installHint: "npm install -g opencode-ai" },
  ],
  home: "/home/eb",
  roots: ["/home/eb", "/srv/teams"],
};

const services = {} as WingServices;

/** A wing with the given facts changed. */
export const wing = (letter: string, label: string, change: Partial<WingFacts>): WingFacts => ({
  wingId: wingId(letter),
  label,
  seenAt: NOW - 3 * MINUTE,
  state: { kind: "online", services, person: { displayName: "Edda Brix", role: "owner" } },
  trouble: "",
  info: { ...INFO, label },
  list: { kind: "listed", sessions: [] },
  ...change,
});
