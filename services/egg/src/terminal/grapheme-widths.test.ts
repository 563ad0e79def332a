import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** Loads the table while Node's pool of buffers begins with something else, and measures some characters. */
const PROGRAM = `
  Buffer.poolSize = 16 * 1024 * 1024; // one pool for all that follows
  let first;
  do first = Buffer.allocUnsafe(16);
  while (first.byteOffset !== 0);
  first.fill(Number(process.argv[1]));
  const { createHeadlessTerminal, parseHeadlessCore } = await import(process.argv[2]);
  const terminal = createHeadlessTerminal({ columns: 80, rows: 2, scrollback: 0 });
  const core = parseHeadlessCore(terminal);
  const widths = ["a", "日", "😀", "👩‍👩‍👧", "🇩🇪", "𖿠"].map((text) => {
    core._inputHandler.parse(Buffer.from("\\r" + text));
    return core.buffers.active.x;
  });
  console.log(JSON.stringify([widths, Buffer.poolSize > 0]));
`;

it.each([0, 1, 255])(
  "measures characters alike, whatever else stands in Node's pool of buffers: %i",
  async (filler) => {
    const module = new URL("./headless-core.ts", import.meta.url).href;
    const args = ["--input-type=module", "-e", PROGRAM, String(filler), module];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual([[1, 2, 2, 2, 2, 2], true]);
  },
);
