import { type Charset, createHeadlessTerminal, parseHeadlessCore } from "./headless-core.ts";

/** Final bytes of the national and graphic sets that xterm knows; the plain one, "B", is undefined in its tables. */
const NAMES = ["0", "A", "4", "C", "5", "R", "Q", "K", "Y", "E", "6", "Z", "H", "7", "="];

/** Bytes that designate a set as G0 to G3. */
const DESIGNATORS = ["(", ")", "*", "+"];

/** Sequences that choose G0 to G3. */
const SHIFTS = ["\x0f", "\x0e", "\x1bn", "\x1bo"];

let names: ReadonlyMap<Charset, string> | undefined;

/** xterm exports no names of its tables, so each is designated once on a terminal that nobody sees. */
function learnNames(): ReadonlyMap<Charset, string> {
  const terminal = createHeadlessTerminal({ columns: 2, rows: 1, scrollback: 0 });
  const core = parseHeadlessCore(terminal);
  const learned = new Map<Charset, string>();
  for (const name of NAMES) {
    core._inputHandler.parse(Buffer.from(`\x1b(${name}`));
    learned.set(core._charsetService._charsets[0], name);
  }
  terminal.dispose();
  return learned;
}

/** The sequence that designates a set as G0 to G3. */
export function designate(level: number, charset: Charset): string {
  if (charset !== undefined) names ??= learnNames();
  return `\x1b${DESIGNATORS[level] ?? "("}${(charset && names?.get(charset)) ?? "B"}`;
}

/** The sequence that chooses G0 to G3. */
export const shiftTo = (level: number): string => SHIFTS[level] ?? "\x0f";
