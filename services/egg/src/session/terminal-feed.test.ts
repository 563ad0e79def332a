import { expect, it } from "vitest";
import { TerminalState } from "../terminal/terminal-state.ts";
import { ReplayRing } from "./replay-ring.ts";
import { MAX_LAG_BYTES, RESUME_LAG_BYTES, TerminalFeed } from "./terminal-feed.ts";

const SILENT = { onReply() {}, onTitle() {}, onAttention() {}, onFault() {} };
const GRID = { columns: 80, rows: 24 };

function feedOf() {
  const ring = new ReplayRing();
  const terminal = new TerminalState(GRID, SILENT);
  const brakes: string[] = [];
  const brake = { pause: () => void brakes.push("pause"), resume: () => void brakes.push("resume") };
  const feed = new TerminalFeed(ring, terminal, brake);
  const write = (length: number) => {
    ring.append(Buffer.alloc(length, "x"));
    feed.appended();
  };
  return { feed, terminal, brakes, write, ring };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it.each([
  [MAX_LAG_BYTES - 1, []],
  [MAX_LAG_BYTES, []],
  [MAX_LAG_BYTES + 1, ["pause"]],
])("holds the program up beyond the limit only: %i bytes", (length, expected) => {
  const { brakes, write } = feedOf();
  write(length);
  expect(brakes).toEqual(expected);
});

it("lets the program go on once the terminal has caught up, and parses a slice a turn", async () => {
  const { feed, brakes, write } = feedOf();
  write(MAX_LAG_BYTES + 1);
  let turns = 0;
  for (; brakes.length < 2; turns++) {
    expect(feed.lag).toBeGreaterThan(RESUME_LAG_BYTES);
    await turn();
  }
  expect(brakes).toEqual(["pause", "resume"]);
  expect(feed.lag).toBeLessThanOrEqual(RESUME_LAG_BYTES);
  expect(turns).toBeGreaterThan(3);
});

it("parses everything at once when somebody needs the screen, and lets go", async () => {
  const { feed, terminal, brakes, write } = feedOf();
  write(MAX_LAG_BYTES * 2);
  write(10);
  feed.flush();
  expect(feed.lag).toBe(0);
  expect(brakes).toEqual(["pause", "resume"]);
  expect(terminal.preview).toMatch(/^x+$/);
  await turn();
  expect(feed.lag).toBe(0);
});
