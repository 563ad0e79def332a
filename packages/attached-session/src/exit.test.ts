import { create } from "@bufbuild/protobuf";
import { ExitedSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { expect, test } from "vitest";
import { parseExit } from "./exit.ts";

test.each([
  [{ code: 0 }, { kind: "code", code: 0 }],
  [{ code: 137 }, { kind: "code", code: 137 }],
  [{ signal: "SIGKILL" }, { kind: "signal", signal: "SIGKILL" }],
  [{}, { kind: "unknown" }],
])("%j is how an agent ended: %j", (exited, exit) => {
  expect(parseExit(create(ExitedSchema, exited))).toEqual(exit);
});

test.each(["KILL", "sigkill", "SIG", `SIG${"A".repeat(13)}`, "SIGKILL\u001b[2J", "\u202eSIGKILL", "SIGKILL\n"])(
  "%j is no signal's name, and is not shown",
  (signal) => {
    expect(parseExit(create(ExitedSchema, { signal }))).toEqual({ kind: "unknown" });
  },
);

test("without a word about it, nobody knows how an agent ended", () => {
  expect(parseExit(undefined)).toEqual({ kind: "unknown" });
});
