/** Longest beginning of a sequence that a snapshot carries, in bytes; pictures and clipboards may be megabytes. */
export const MAX_UNFINISHED_BYTES = 64 * 1024;

/** States of xterm's parser, by its own numbers. */
const STATE = {
  ground: 0,
  escape: 1,
  escapeIntermediate: 2,
  csiEntry: 3,
  csiIgnore: 6,
  string: 7,
  osc: 8,
  dcsIgnore: 11,
};

const ESCAPE = 0x1b;
/** First byte of U+0080 to U+00BF. */
const C1_LEAD = 0xc2;
/** Second bytes of the one-character introducers: DCS, SOS, CSI, OSC, PM, APC. */
const C1_INTRODUCERS = new Set([0x90, 0x98, 0x9b, 0x9d, 0x9e, 0x9f]);

const EMPTY = Buffer.alloc(0);

/**
 * The bytes that the parser has swallowed without an effect so far: the beginning of an escape sequence, or of a
 * character. A snapshot ends with them, so that what comes next means the same to its receiver.
 */
export class UnfinishedSequence {
  #bytes: Buffer = EMPTY;
  #state = STATE.ground;
  /** The sequence is too long to be kept. */
  #isCut = false;

  /** Notes what was parsed, and the parser's state afterwards. */
  parsed(chunk: Uint8Array, state: number): void {
    this.#state = state;
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const all = this.#bytes.byteLength > 0 ? Buffer.concat([this.#bytes, fresh]) : fresh;
    const start = state === STATE.ground ? partialCharacterStart(all) : sequenceStart(all);
    if (start === undefined) {
      // A long string goes on: its start was dropped, or stands at the front.
      this.#keep(all);
      return;
    }
    this.#isCut = false;
    this.#keep(all.subarray(start));
  }

  /** What a snapshot must end with. */
  tail(): Uint8Array {
    if (this.#isCut) return Buffer.from(swallower(this.#state), "latin1");
    // Controls within an escape sequence took effect at once, and must not take it twice.
    return this.#state === STATE.ground || this.#state > STATE.csiIgnore
      ? Buffer.from(this.#bytes)
      : Buffer.from(this.#bytes.filter((byte) => byte >= 0x20 || byte === ESCAPE));
  }

  #keep(bytes: Buffer): void {
    if (this.#isCut || bytes.byteLength > MAX_UNFINISHED_BYTES) {
      this.#isCut = true;
      this.#bytes = EMPTY;
    } else {
      this.#bytes = bytes.byteLength === 0 ? EMPTY : Buffer.from(bytes);
    }
  }
}

/** Where the last sequence begins. */
function sequenceStart(bytes: Buffer): number | undefined {
  const lastEscape = bytes.lastIndexOf(ESCAPE);
  for (
    let lead = bytes.lastIndexOf(C1_LEAD);
    lead > lastEscape;
    lead = lead === 0 ? -1 : bytes.lastIndexOf(C1_LEAD, lead - 1)
  ) {
    if (C1_INTRODUCERS.has(bytes[lead + 1] ?? 0)) return lead;
  }
  return lastEscape < 0 ? undefined : lastEscape;
}

/** Where a character begins whose end is missing; the length when none is. */
function partialCharacterStart(bytes: Buffer): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? length - back : length;
  }
  return length;
}

/** The shortest beginning after which a parser ignores everything up to the end of such a sequence. */
function swallower(state: number): string {
  if (state === STATE.osc) return "\x1b]9999999;";
  if (state >= STATE.string) return "\x1b_";
  if (state >= STATE.csiEntry) return "\x1b[0<";
  return "\x1b   ";
}
