import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOutput, randomOutputOnOneScreen } from "../testing/random-output.ts";
import { ViewerTerminal } from "../testing/terminal-picture.ts";
import { MAX_REASON_LENGTH } from "./attention.ts";
import { TerminalState, type TerminalStateEvents } from "./terminal-state.ts";
import { MAX_UNFINISHED_BYTES } from "./unfinished-sequence.ts";

const GRID = { columns: 20, rows: 8 };
const NOTHING = Buffer.alloc(0);

/** Most bytes of a usual screen's snapshot: what attaching may cost on a slow line. */
const TARGET_SNAPSHOT_BYTES = 20_000;

class Told implements TerminalStateEvents {
  readonly replies: string[] = [];
  readonly titles: string[] = [];
  readonly reasons: string[] = [];
  readonly faults: unknown[] = [];

  onReply = (text: string) => void this.replies.push(text);
  onTitle = (title: string) => void this.titles.push(title);
  onAttention = (reason: string) => void this.reasons.push(reason);
  onFault = (error: unknown) => void this.faults.push(error);
}

function open(grid = GRID): {
  readonly state: TerminalState;
  readonly told: Told;
  feed(text: string | Uint8Array): void;
} {
  const told = new Told();
  const state = new TerminalState(grid, told);
  return { state, told, feed: (text) => state.feed(Buffer.from(text)) };
}

interface Story {
  /** What the program wrote before the snapshot. */
  readonly before: Uint8Array;
  /** What it wrote afterwards. */
  readonly after?: Uint8Array;
  /** What the late viewer showed before. */
  readonly leftover?: Uint8Array;
}

/** A viewer that saw every byte, and one that was given a snapshot in between. */
function bothWays({ before, after = NOTHING, leftover = NOTHING }: Story): readonly [ViewerTerminal, ViewerTerminal] {
  const { state, feed } = open();
  const [direct, late] = [new ViewerTerminal(GRID), new ViewerTerminal(GRID)];
  late.feed(leftover);
  feed(before);
  direct.feed(before);
  late.feed(state.snapshot());
  direct.feed(after);
  late.feed(after);
  return [direct, late];
}

// The seeds are fixed: what another seed finds becomes a row of a table below.
describe("a snapshot, for any output", () => {
  it("puts a terminal in any state into exactly that of the session's", () => {
    const run = (before: Buffer, leftover: Buffer) => {
      const [direct, late] = bothWays({ before, leftover });
      expect(late.picture).toEqual(direct.picture);
    };
    fc.assert(fc.property(randomOutput, randomOutput, run), { seed: 1, numRuns: 500 });
  });

  it("leaves nothing out that later output would show", () => {
    const run = (before: Buffer, after: Buffer) => {
      const [direct, late] = bothWays({ before, after });
      expect(late.pictureWithoutHistory).toEqual(direct.pictureWithoutHistory);
    };
    fc.assert(fc.property(randomOutput, randomOutputOnOneScreen, run), { seed: 2, numRuns: 400 });
  });
});

describe("a snapshot", () => {
  const stories: readonly (readonly [string, string, string])[] = [
    ["a hidden cursor", "\x1b[?25lhidden", "\x1b[?25h"],
    ["mouse reports by SGR", "\x1b[?1002h\x1b[?1006h", ""],
    ["synchronized output", "\x1b[?2026h", "x\x1b[?2026l"],
    ["newline mode", "\x1b[20h", "a\nb"],
    ["margins", "\x1b[2;5rtext", "\n\n\n\n\n\n\n"],
    ["margins and origin mode", "\x1b[2;5r\x1b[?6h\x1b[2;2Htext", "\x1b[1;1Htop"],
    ["line drawing that was chosen", "\x1b(0", "lqk"],
    ["line drawing that was shifted to", "\x1b)0\x0e", "lqk\x0flqk"],
    ["tab stops", "\x1b[3g\x1b[5G\x1bH\r", "\tx\ty"],
    ["the saved cursor with its colours", "\x1b[3;4H\x1b[31;44m\x1b7\x1b[m\x1b[1;1H", "\x1b8x"],
    ["the saved cursor of the screen behind", "\x1b[3;4H\x1b[?1049hother", "\x1b[?1049lback"],
    ["a link", "\x1b]8;;https://example.com/\x1b\\link", " on\x1b]8;;\x1b\\ off"],
    ["the cursor that waits past the edge", "x".repeat(20), "y"],
    ["the cursor past the edge after a colour", `${"x".repeat(20)}\x1b[32m`, "y"],
    ["a letter whose accent is still to come", "e", "\u0301x"],
    ["a family whose children are still to come", "👩", "\u200d👩\u200d👧x"],
    ["a letter that will be repeated", "ab", "\x1b[3b"],
    ["insert mode", "abc\x1b[4h\x1b[1;2Hx", "yz"],
    ["wrap that is off", "\x1b[?7labc", "x".repeat(30)],
    ["a bar for a cursor", "\x1b[5 q", ""],
    ["keys of an application", "\x1b[?1h\x1b=", ""],
    ["bracketed paste and focus", "\x1b[?2004h\x1b[?1004h", ""],
    ["lines that wrap", "a long line that does not fit into twenty columns", ""],
    ["wide letters at the edge", "日本語日本語日本語日本語", ""],
    ["coloured ground to the edge", "\x1b[44m\x1b[K\x1b[2;3H\x1b[41m\x1b[1J", ""],
    [
      "every underline in its colour",
      "\x1b[4ma\x1b[21mb\x1b[4:3;58:2::1:2:3mc\x1b[4:4md\x1b[4:5;58;5;9me\x1b[24mf",
      "g",
    ],
    ["a colour for underlines to come", "\x1b[58;5;9m", "\x1b[4mx"],
  ];
  it.each(stories)("keeps %s", (_what, before, after) => {
    const [direct, late] = bothWays({ before: Buffer.from(before), after: Buffer.from(after) });
    expect(late.picture).toEqual(direct.picture);
  });

  const sequences = [
    "\x1b[38;2;10;20;30mx",
    "\x1b]0;a title\x07x",
    "\x1b]8;;https://example.com/\x1b\\x",
    "\x1bP1$r0m\x1b\\x",
    "\x1b(0qx",
    "\x1b[?1049hx",
    "\u009b31mx",
    "\u009d2;title\u009cx",
    "日本語",
    "👩‍👩‍👧x",
    "\x1b[3\n;\r4Hx",
    "\x1b_comment\x1b\\x",
    "\x1b[1<2mx",
    "\x1b \x1b#8x",
  ];
  it.each(sequences)("may be taken in the middle of %j", (sequence) => {
    const bytes = Buffer.from(`before ${sequence} after`);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const [direct, late] = bothWays({ before: bytes.subarray(0, cut), after: bytes.subarray(cut) });
      expect(late.picture, `cut at ${cut}`).toEqual(direct.picture);
    }
  });

  it.each(["\x1b]52;c;", "\x1b]1337;File=", "\x1bPq", "\x1b_G", "\x1b[", "\x1bP", "\x1b "])(
    "taken in the middle of an endless %j swallows the rest, and keeps what fits",
    (opening) => {
      const filler = opening === "\x1b " ? " " : "1";
      for (const length of [
        MAX_UNFINISHED_BYTES - 1,
        MAX_UNFINISHED_BYTES,
        MAX_UNFINISHED_BYTES + 1,
        3 * MAX_UNFINISHED_BYTES,
      ]) {
        const { state, feed } = open();
        feed(`shown${opening}`);
        const rest = Buffer.alloc(length - opening.length, filler);
        for (let offset = 0; offset < rest.length; offset += 4_096) feed(rest.subarray(offset, offset + 4_096));
        const late = new ViewerTerminal(GRID);
        const snapshot = state.snapshot();
        late.feed(snapshot);
        late.feed(`${filler.repeat(100)}\x18 seen`);
        expect(late.lines[0]).toBe("shown seen");
        expect(snapshot.byteLength > MAX_UNFINISHED_BYTES).toBe(length <= MAX_UNFINISHED_BYTES);
      }
    },
  );

  it("follows the grid, and pulls lines back into view when it grows", () => {
    const { state, feed } = open();
    feed(Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join("\r\n"));
    for (const grid of [
      { columns: 20, rows: 12 },
      { columns: 8, rows: 9 },
      { columns: 40, rows: 10 },
    ]) {
      state.resize(grid);
      const late = new ViewerTerminal(grid);
      late.feed(state.snapshot());
      expect(late.lines.filter(Boolean)).toHaveLength(grid.rows);
      expect(late.lines.at(-1)).toBe("line 30");
    }
  });

  it("of a full screen of coloured text stays below the target", () => {
    const { state, feed } = open({ columns: 120, rows: 40 });
    const word = (index: number) => `\x1b[38;2;${index % 256};80;${(index * 7) % 256}mword${index % 10}\x1b[0m `;
    for (let row = 0; row < 40; row++) {
      feed(`\x1b[${row + 1};1H${Array.from({ length: 17 }, (_, index) => word(row * 17 + index)).join("")}`);
    }
    expect(state.snapshot().byteLength).toBeLessThan(TARGET_SNAPSHOT_BYTES);
  });

  it("of a grid that is coloured beyond any message falls back to its text", () => {
    const { state, feed } = open({ columns: 700, rows: 700 });
    const row = Array.from(
      { length: 350 },
      (_, index) => `\x1b[38;2;${index % 256};1;2ma\x1b[48;2;9;${index % 256};2mb`,
    ).join("");
    for (let index = 0; index < 700; index++) feed(`\x1b[${index + 1};1H${row}`);
    const snapshot = state.snapshot();
    expect(snapshot.byteLength).toBeLessThan(1_000_000);
    const late = new ViewerTerminal({ columns: 700, rows: 700 });
    late.feed(snapshot);
    expect(late.lines[699]).toBe("ab".repeat(350));
  });
});

describe("TerminalState", () => {
  it.each([
    ["its kind", "\x1b[c", "\x1b[?1;2c"],
    ["where the cursor is", "\x1b[3;5H\x1b[6n", "\x1b[3;5R"],
    ["whether it knows synchronized output", "\x1b[?2026$p", "\x1b[?2026;2$y"],
    ["its grid", "\x1b[18t", "\x1b[8;8;20t"],
    ["the colour of the ground", "\x1b]11;?\x1b\\", "\x1b]11;rgb:0b0b/0d0d/0e0e\x1b\\"],
    ["the colour that was set", "\x1b]10;rgb:11/22/33\x07\x1b]10;?\x07", "\x1b]10;rgb:11/22/33\x1b\\"],
    ["two colours at once", "\x1b]10;?;?\x07", "\x1b]10;rgb:d5d5/dada/dede\x1b\\\x1b]11;rgb:0b0b/0d0d/0e0e\x1b\\"],
    ["nothing about pixels", "\x1b[14t", ""],
  ])("answers a program that asks for %s", (_what, question, answer) => {
    const { told, feed } = open();
    feed(question);
    expect(told.replies.join("")).toBe(answer);
  });

  it.each([
    ["\x07", ["rang the bell"]],
    ["\x1b]9;build is done\x07", ["build is done"]],
    ["\x1b]9;4;1;50\x07", []],
    ["\x1b]777;notify;Claude;needs \x01you\x1b\\", ["Claude: needs you"]],
    ["\x1b]777;other;x\x07", []],
    [`\x1b]9;${"é".repeat(MAX_REASON_LENGTH - 1)}\x07`, ["é".repeat(MAX_REASON_LENGTH - 1)]],
    [`\x1b]9;${"é".repeat(MAX_REASON_LENGTH)}\x07`, ["é".repeat(MAX_REASON_LENGTH)]],
    [`\x1b]9;${"é".repeat(MAX_REASON_LENGTH + 1)}\x07`, ["é".repeat(MAX_REASON_LENGTH)]],
  ])("tells who is wanted by %j", (output, reasons) => {
    const { told, feed } = open();
    feed(output);
    expect(told.reasons).toEqual(reasons);
  });

  it("tells each new title once, without controls", () => {
    const { state, told, feed } = open();
    feed("\x1b]0;one\x07");
    feed("\x1b]2;one\x07\x1b]2;skipped\x07\x1b]2;two\u202e!\x07");
    expect(told.titles).toEqual(["one", "two!"]);
    expect(state.title).toBe("two!");
  });

  it("may be used by whoever it tells something, though more of the same output is to come", () => {
    const screens: string[] = [];
    const told = new Told();
    const state: TerminalState = new TerminalState(GRID, {
      ...told,
      onAttention: () => void screens.push(Buffer.from(state.snapshot()).toString()),
    });
    state.feed(Buffer.from("before\x07after"));
    expect(screens).toEqual([expect.stringContaining("beforeafter")]);
  });

  it("previews the last line with text", () => {
    const { state, feed } = open();
    expect(state.preview).toBe("");
    feed("first\r\n  second  \r\n\r\n");
    expect(state.preview).toBe("second");
  });

  it("goes on after output that breaks the library", () => {
    const { state, told, feed } = open();
    feed("x".repeat(20 * 8)); // the cursor waits behind the last cell
    feed("\x1b[1Jlost");
    expect(told.faults).toHaveLength(1);
    feed("\x1b[2J\x1b[Hstill here");
    const late = new ViewerTerminal(GRID);
    late.feed(state.snapshot());
    expect(late.lines[0]).toBe("still here");
  });
});
