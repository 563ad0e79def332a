import xterm from "@xterm/xterm";
import { describe, expect, it } from "vitest";
import { silenceQueries } from "./silent-queries.ts";

async function answersTo(sequence: string, silent: boolean): Promise<string> {
  const terminal = new xterm.Terminal({ allowProposedApi: true });
  if (silent) silenceQueries(terminal.parser);
  let answers = "";
  terminal.onData((data) => {
    answers += data;
  });
  await new Promise<void>((resolve) => terminal.write(`${sequence}after`, resolve));
  expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe("after");
  terminal.dispose();
  return answers;
}

describe("silenceQueries()", () => {
  it.each([
    ["device attributes", "\u001b[c"],
    ["secondary device attributes", "\u001b[>c"],
    ["status", "\u001b[5n"],
    ["cursor position", "\u001b[6n"],
    ["cursor position, private", "\u001b[?6n"],
    ["a mode", "\u001b[4$p"],
    ["a private mode", "\u001b[?2026$p"],
    ["a setting", "\u001bP$qm\u001b\\"],
  ])("leaves the question for %s to the egg", async (_what, sequence) => {
    expect(await answersTo(sequence, false)).not.toBe("");
    expect(await answersTo(sequence, true)).toBe("");
  });

  it.each([
    ["version", "\u001b[>q"],
    ["keyboard", "\u001b[?u"],
    ["colour of the ground", "\u001b]11;?\u0007"],
    ["palette", "\u001b]4;1;?\u0007"],
    ["capability", "\u001bP+q544e\u001b\\"],
  ])("stays silent about %s, whatever a later xterm would say", async (_what, sequence) => {
    expect(await answersTo(sequence, true)).toBe("");
  });
});
