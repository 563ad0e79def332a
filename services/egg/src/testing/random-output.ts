import fc from "fast-check";

const COLUMN = fc.integer({ min: 1, max: 24 });
const ROW = fc.integer({ min: 1, max: 10 });
const COUNT = fc.integer({ min: 1, max: 5 });

const words = fc.constantFrom(
  "hello ",
  "word",
  "日本語",
  "e\u0301a\u0300",
  "👍🏽",
  "👩‍👩‍👧",
  "🇩🇪",
  "─│┌┐",
  "#~`abc",
  "a",
  "\u0301",
  "ﬁ",
  "한글",
  "x".repeat(30),
);
const sgr = fc
  .array(
    fc.constantFrom(
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "7",
      "8",
      "9",
      "21",
      "22",
      "23",
      "24",
      "25",
      "27",
      "28",
      "29",
      "31",
      "42",
      "97",
      "103",
      "39",
      "49",
      "38;5;9",
      "38;5;200",
      "48;5;17",
      "38;2;1;2;3",
      "48;2;250;128;7",
      "53",
      "55",
      "4:3",
      "4:5",
      "4:0",
      "58;5;100",
      "58:2::1:2:3",
    ),
    { maxLength: 4 },
  )
  .map((codes) => `\x1b[${codes.join(";")}m`);
// Left out, because xterm itself depends on what scrolled away or was cut in half: CSI 1 J, inserted and deleted columns,
// DECAWM off at a wide character, and modes 47 and 1048.
const motion = fc.oneof(
  fc.tuple(ROW, COLUMN).map(([row, column]) => `\x1b[${row};${column}H`),
  fc.tuple(COUNT, fc.constantFrom(..."ABCDEFGIZ`adePX@LMSTb")).map(([count, final]) => `\x1b[${count}${final}`),
  fc.tuple(fc.constantFrom(0, 2), fc.constantFrom("J", "K")).map(([kind, final]) => `\x1b[${kind}${final}`),
  fc.constantFrom(
    "\r",
    "\n",
    "\r\n",
    "\b",
    "\t",
    "\x1bD",
    "\x1bM",
    "\x1bE",
    "\x1b7",
    "\x1b8",
    "\x1bH",
    "\x1b[g",
    "\x1b[3g",
    "\x1b#8",
  ),
);
const mode = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        "1",
        "6",
        "12",
        "25",
        "45",
        "9",
        "1000",
        "1002",
        "1003",
        "1004",
        "1006",
        "1016",
        "2004",
        "2026",
        "66",
      ),
      fc.constantFrom("h", "l"),
    )
    .map(([number, final]) => `\x1b[?${number}${final}`),
  fc.constantFrom("\x1b[4h", "\x1b[4l", "\x1b[20h", "\x1b[20l", "\x1b=", "\x1b>", "\x1b[?7h", "\x1b[4l"),
  fc.integer({ min: 0, max: 6 }).map((style) => `\x1b[${style} q`),
  fc.tuple(ROW, ROW).map(([top, bottom]) => `\x1b[${Math.min(top, bottom)};${Math.max(top, bottom)}r`),
);
const enters = fc.constant("\x1b[?1049h");
const leaves = fc.constant("\x1b[?1049l");
const charset = fc.constantFrom(
  "\x1b(0",
  "\x1b(B",
  "\x1b)0",
  "\x1b)A",
  "\x1b*K",
  "\x1b(A",
  "\x0e",
  "\x0f",
  "\x1bn",
  "\x1bo",
);
const strings = fc.constantFrom(
  "\x1b]8;;https://example.com/a\x1b\\",
  "\x1b]8;id=k;https://example.com/b\x07",
  "\x1b]8;;\x07",
  "\x1b]0;title\x07",
  "\x1b]2;other\x1b\\",
  "\x1bP1$q\x1b\\",
  "\x1b_apc\x1b\\",
  "\x1b]10;#ff0000\x1b\\",
  "\x1b]52;c;aGk=\x07",
  "\x1b[1\n;3\r4H",
  "\x1b[?1$p",
  "\x1b[6n",
);
const resets = fc.constantFrom("\x1b[!p", "\x1bc", "\x18", "\x1a");

/** Pieces of what full-screen programs and shells write, and things that they should not. */
const pieces = (screens: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: words, weight: 24 },
    { arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }), weight: 6 },
    { arbitrary: sgr, weight: 12 },
    { arbitrary: motion, weight: 18 },
    { arbitrary: mode, weight: 8 },
    { arbitrary: screens, weight: 2 },
    { arbitrary: charset, weight: 3 },
    { arbitrary: strings, weight: 3 },
    { arbitrary: resets, weight: 1 },
  );

const outputOf = (screens: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.array(pieces(screens), { maxLength: 60, size: "max" }), fc.integer({ min: 0, max: 6 }))
    .map(([parts, cut]) => {
      const bytes = Buffer.from(parts.join(""));
      return bytes.subarray(0, Math.max(0, bytes.length - cut));
    });

/** Output of a program that draws, as bytes; it may end in the middle of anything. */
export const randomOutput: fc.Arbitrary<Buffer> = outputOf(fc.oneof(enters, leaves));

/** The same of a program that does not turn to the other screen, though it may come back from it. */
export const randomOutputOnOneScreen: fc.Arbitrary<Buffer> = outputOf(leaves);
